import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';
import { tellingWords } from '../telling-words.js';
import { WORDS_BY_SMS } from './native-to-sms.js';

const ANSWER = 'Thank you Ada. Shall I bring the piano keys?';

export const smsToNative: Step = {
  title: 'SMS to native: the answer finds both of her devices',
  proves: 'Both of Ada’s devices have it, in its conversation, and no row of the database has a word of it.',
  run: async (world, terminal) => {
    const asked = await eventually('the text lies on Grace’s phone', async () =>
      (await world.handsets.received(world.phone)).find(({ body }) => body === WORDS_BY_SMS),
    );
    terminal.row('Grace answers', quoted(ANSWER));
    await world.handsets.write({ from: world.phone, to: asked.from, text: ANSWER });
    for (const name of ['Ada’s phone', 'Ada’s laptop']) {
      const { text, from, network } = await world.held(name).reads(ANSWER);
      terminal.row(name, `${quoted(text)} from ${from}, over ${network.toUpperCase()}`);
      check(
        from === `tel:${world.phone}` && network === 'sms',
        'the message says who wrote it and that it came by SMS',
      );
    }
    const messages = await world.held('Ada’s phone').device.messages({ with: `tel:${world.phone}` });
    const conversations = new Set(messages.map(({ conversation }) => conversation));
    check(messages.length === 2 && conversations.size === 1, 'question and answer are one conversation');
    terminal.row('conversation', `${messages.length} messages, question and answer together`);
    const { hits } = await world.search(tellingWords(ANSWER));
    check(hits === 0, 'no word of it is anywhere in the database');
    terminal.row('in the database', '0 words of it');
  },
};
