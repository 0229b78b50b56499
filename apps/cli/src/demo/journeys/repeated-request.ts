import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';

const WORDS = 'Running late, my train stands in a tunnel. Carl';

export const repeatedRequest: Step = {
  title: 'A request that had to be repeated sends once',
  proves: 'Asked twice, sent once.',
  run: async (world, terminal) => {
    const { held, line } = await world.registerOnForgetfulLine('carl', 'Carl’s phone');
    const callsBefore = await world.handsets.sendCalls();
    const to = `tel:${world.phone}`;
    terminal.row('Carl to Grace', `${quoted(WORDS)}, allowing SMS`);
    const sent = await held.device.send(to, WORDS, { allowClear: ['sms'] });
    const [first, second] = line.submissions;
    check(first?.status === 202 && first.wasAnswerLost, 'the gateway accepted the message and its answer was lost');
    terminal.row('first request', 'the gateway accepts it (202); its answer is lost in the tunnel');
    check(second?.status === 202, 'the phone asked again and was answered');
    check(
      second.idempotencyKey === first.idempotencyKey && second.body === first.body,
      'the repeated request is the same, byte for byte',
    );
    check(idIn(second.answer) === idIn(first.answer), 'the gateway answered with the message it had');
    terminal.row(
      'second request',
      `same key, same ${second.body.length.toLocaleString('en')} bytes: the gateway answers with the message it has`,
    );
    await eventually('the carrier’s receipt reaches Carl', async () => {
      await held.device.poll();
      return (await held.device.status(sent.messageId)).state.kind === 'delivered' ? true : undefined;
    });
    const calls = (await world.handsets.sendCalls()) - callsBefore;
    const onPhone = (await world.handsets.received(world.phone)).filter(({ body }) => body === WORDS).length;
    terminal.row(
      'the carrier',
      `was called ${calls} time${calls === 1 ? '' : 's'}; Grace’s phone has ${onPhone} text of his`,
    );
    check(calls === 1 && onPhone === 1, 'the carrier was called once and Grace has one text');
  },
};

function idIn(answer: string): string | undefined {
  const parsed: unknown = JSON.parse(answer);
  return parsed instanceof Object && 'id' in parsed ? String(parsed.id) : undefined;
}
