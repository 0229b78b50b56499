import { describeState } from '../../device/describe-state.js';
import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';
import { tellingWords } from '../telling-words.js';

const WORDS = 'Mia, we rehearse the second movement on Sunday. Ada';

export const linkedNumber: Step = {
  title: 'A telephone number that arrives end-to-end encrypted',
  proves: 'Mia linked her number and may be found by it: no carrier saw the words. The unlinked number still waits.',
  run: async (world, terminal) => {
    const ada = world.held('Ada’s phone').device;
    const mia = await world.register('mia', 'Mia’s phone');
    const challenge = await mia.device.links.linkNumber(world.linkedPhone);
    const text = await eventually('a one-time code reaches Mia’s telephone', async () =>
      (await world.handsets.received(world.linkedPhone)).at(-1),
    );
    await mia.device.links.prove(challenge, /\d{6}/.exec(text.body)?.[0] ?? '');
    terminal.row('Mia links', `${world.linkedPhone}, with the code that came by SMS`);
    check(
      (await ada.contacts.find(world.linkedPhone)).native === null,
      'a linked number alone lets nobody find its owner',
    );
    terminal.row('Ada asks', 'nobody to be found there: linked is not findable');
    const [link] = await mia.device.links.list();
    check(link !== undefined && link.findable === 'nobody', 'findable by nobody until she says so');
    await mia.device.links.setFindable(link, 'everyone');
    terminal.row('Mia allows', 'everyone who has her number may find her by it');
    check((await ada.contacts.find(world.linkedPhone)).native === mia.device.address, 'now Ada finds her');

    const callsBefore = await world.handsets.sendCalls();
    terminal.row(`Ada to ${world.linkedPhone}`, quoted(WORDS));
    const sent = await ada.send(`tel:${world.linkedPhone}`, WORDS);
    check(sent.to === mia.device.address, 'it goes to Mia’s own devices');
    terminal.row('state', describeState(sent.state));
    const request = await eventually('Mia is asked', async () => (await mia.device.requests())[0]);
    await mia.device.accept(request);
    const { network } = await mia.reads(WORDS);
    check(network === 'native', 'it came end-to-end encrypted');
    check((await world.handsets.sendCalls()) === callsBefore, 'no carrier was called');
    terminal.row('Mia reads', `${quoted(WORDS)}\nend-to-end encrypted; carriers were called 0 times`);
    const { hits } = await world.search(tellingWords(WORDS));
    check(hits === 0, 'no word of it is anywhere in the database');

    const waiting = await ada.send(`tel:${world.unlinkedPhone}`, WORDS);
    check(
      waiting.state.kind === 'waiting-on-sender' && waiting.state.reason === 'downgrade',
      'the same words to an unlinked number wait for a signed statement',
    );
    terminal.row(`Ada to ${world.unlinkedPhone}`, describeState(waiting.state));
    await ada.cancel(waiting);
  },
};
