import { describeState, showPreview } from '../../device/describe-state.js';
import { showHops } from '../../device/show-hops.js';
import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';

export const WORDS_BY_SMS = 'Grace, the rehearsal is on Thursday at eight. Ada';

export const nativeToSms: Step = {
  title: 'Native to SMS: nothing leaves encryption without a signed permission',
  proves: 'It waited for Ada’s signature, then arrived once, and Ada knows who could read it.',
  run: async (world, terminal) => {
    const ada = world.held('Ada’s phone').device;
    await world.handsets.setRcs(world.phone, false);
    const callsBefore = await world.handsets.sendCalls();
    terminal.row(`Ada to ${world.phone}`, quoted(WORDS_BY_SMS));
    const sent = await ada.send(`tel:${world.phone}`, WORDS_BY_SMS);
    terminal.row('state', describeState(sent.state));
    check(
      sent.state.kind === 'waiting-on-sender' && sent.state.reason === 'downgrade',
      'the message waits for permission',
    );
    check(sent.preview !== undefined, 'the person who decides is shown a preview');
    showPreview(terminal, sent.preview);
    check(sent.preview.isSimulated, 'the preview says that the carrier is simulated');
    check((await world.handsets.sendCalls()) === callsBefore, 'the carrier was not called before the permission');
    check((await world.heldBoxes()).count === 0, 'the gateway holds nothing of it yet');
    terminal.row('so far', 'the gateway holds 0 boxes of it, the carrier was called 0 times');
    await ada.approve(sent);
    terminal.row('Ada signs', 'this message, this number, RCS or, as Grace’s phone has none, SMS');
    const arrived = await eventually('the text is on Grace’s phone', async () =>
      (await world.handsets.received(world.phone)).find(({ body }) => body === WORDS_BY_SMS),
    );
    terminal.row('Grace’s phone', `${quoted(arrived.body)} from ${arrived.from}`);
    const gateway = await eventually('the carrier’s receipt reaches Ada', async () => {
      const { state, gateway } = await ada.status(sent.messageId);
      return state.kind === 'delivered' ? gateway : undefined;
    });
    terminal.row('state', 'delivered, says the carrier');
    check(gateway.hops.length === 1, 'the hop receipt names the one network it crossed');
    showHops(terminal, gateway.hops);
    check((await world.handsets.sendCalls()) === callsBefore + 1, 'the carrier was called once');
  },
};
