import { showHops } from '../../device/show-hops.js';
import { quoted, type Terminal } from '../../terminal.js';
import type { DemoWorld } from '../demo-world.js';
import { check, eventually, type Step } from '../step.js';

const WORDS_BY_RCS = 'Linus, the choir sings on Sunday at five. Ada';
const WORDS_AFTER = 'Linus, it is at six now. Ada';

export const rcsAndFallback: Step = {
  title: 'RCS, and SMS where RCS cannot reach',
  proves: 'One copy each: by RCS while the phone had it, by SMS after; Ada sees what was tried.',
  run: async (world, terminal) => {
    const phone = world.secondPhone;
    terminal.row(`Ada to ${phone}`, `${quoted(WORDS_BY_RCS)}, allowing RCS, then SMS`);
    const byRcs = await send(world, terminal, { phone, words: WORDS_BY_RCS });
    check(byRcs.join() === 'rcs delivered', 'it went by RCS alone');
    await world.handsets.setRcs(phone, false);
    terminal.row('Linus’ phone', 'loses RCS (SIMULATED)');
    terminal.row(`Ada to ${phone}`, quoted(WORDS_AFTER));
    const bySms = await send(world, terminal, { phone, words: WORDS_AFTER });
    check(bySms.join() === 'rcs not-sent,sms delivered', 'RCS refused it, then it went by SMS');
    const onPhone = [
      ...(await world.handsets.receivedByRcs(phone)),
      ...(await world.handsets.received(phone)).map(({ body }) => body),
    ];
    check(onPhone.join('|') === [WORDS_BY_RCS, WORDS_AFTER].join('|'), 'the phone has one copy of each');
    terminal.row('Linus’ phone', `${onPhone.length} messages: one by RCS, one by SMS`);
  },
};

/** Sends and waits until it arrived; what was tried, in order. */
async function send(
  world: DemoWorld,
  terminal: Terminal,
  { phone, words }: { readonly phone: string; readonly words: string },
): Promise<readonly string[]> {
  const ada = world.held('Ada’s phone').device;
  const sent = await ada.send(`tel:${phone}`, words, { allowClear: ['rcs', 'sms'] });
  const gateway = await eventually('the network’s receipt reaches Ada', async () => {
    const { state, gateway } = await ada.status(sent.messageId);
    // state and attempts are read one after the other
    const isTold = gateway?.attempts.some(({ outcome }) => outcome === 'delivered') ?? false;
    return state.kind === 'delivered' && isTold ? gateway : undefined;
  });
  const tried = gateway.attempts.map(({ network, outcome }) => `${network} ${outcome}`);
  terminal.row('tried', tried.join(', then '));
  showHops(terminal, gateway.hops);
  return tried;
}
