import { describeState } from '../../device/describe-state.js';
import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';
import { tellingWords } from '../telling-words.js';

const WORDS = 'Hello Bob, this is Ada. Are you the Bob from the choir?';

export const firstContact: Step = {
  title: 'First contact: a request, then a grant',
  proves: 'The words stayed on Ada’s phone until Bob agreed.',
  run: async (world, terminal) => {
    const ada = await world.register('ada', 'Ada’s phone');
    const bob = await world.register('bob', 'Bob’s phone');
    terminal.row('Ada writes to Bob', quoted(WORDS));
    const sent = await ada.device.send(bob.device.address, WORDS);
    terminal.row('state', describeState(sent.state));
    check(
      sent.state.kind === 'waiting-on-sender' && sent.state.reason === 'consent',
      'the message waits for Bob’s consent',
    );
    const { count } = await world.heldBoxes();
    check(count === 0, 'the gateway holds no box while it waits');
    const { hits } = await world.search(tellingWords(WORDS));
    check(hits === 0, 'no word of the message is in the database while it waits');
    terminal.row('the gateway holds', 'a request: 0 sealed boxes, 0 words');
    const request = await eventually('Bob is asked', async () => (await bob.device.requests())[0]);
    terminal.row('Bob is asked', `${request.from} wants to write to you`);
    check(request.from === ada.device.address, 'the request names Ada');
    await bob.device.accept(request);
    terminal.row('Bob accepts', 'Ada’s phone seals the message, now that it may have Bob’s keys');
    const { text } = await bob.reads(WORDS);
    terminal.row('Bob reads', quoted(text));
    const state = await eventually('Ada learns that it was delivered', async () => {
      const { state } = await ada.device.status(sent.messageId);
      return state.kind === 'delivered' ? state : undefined;
    });
    terminal.row('state', describeState(state));
  },
};
