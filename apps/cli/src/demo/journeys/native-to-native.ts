import { quoted, type Terminal } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';
import { tellingWords } from '../telling-words.js';
import type { DemoWorld } from '../demo-world.js';

const WORDS = 'Rehearsal moved to Thursday, in the Lavender Street chapel.';
const ANSWER = 'Thursday suits me, and I bring the missing scores.';

export const nativeToNative: Step = {
  title: 'Native to native: two devices each, end-to-end encrypted',
  proves: 'Every device of both has it; what the gateway held was sealed, and is gone.',
  run: async (world, terminal) => {
    const [adaPhone, bobPhone] = [world.held('Ada’s phone'), world.held('Bob’s phone')];
    const adaLaptop = await world.link(adaPhone, 'Ada’s laptop');
    const bobLaptop = await world.link(bobPhone, 'Bob’s laptop');
    const sleeping = [adaLaptop, bobPhone, bobLaptop];
    for (const held of sleeping) await world.switchOff(held);
    terminal.row('switched off', sleeping.map(({ name }) => name).join(', '));
    terminal.row('Ada writes', quoted(WORDS));
    const { messageId } = await adaPhone.device.send(bobPhone.device.address, WORDS);
    await lookAtWhatIsHeld(world, terminal, adaPhone.device.address);
    const woken = [];
    for (const held of sleeping) woken.push(await world.switchOn(held));
    for (const held of woken) {
      const { text, isOwn } = await held.reads(WORDS);
      terminal.row(held.name, `${quoted(text)}${isOwn ? '\nthe copy of her own message' : ''}`);
    }
    await eventually('Ada learns that all of Bob’s devices have it', async () =>
      (await adaPhone.device.status(messageId)).state.kind === 'delivered' ? true : undefined,
    );
    terminal.row('state', 'delivered: both of Bob’s devices acknowledged it');
    await world.held('Bob’s laptop').device.send(adaPhone.device.address, ANSWER);
    for (const name of ['Ada’s phone', 'Ada’s laptop', 'Bob’s phone']) await world.held(name).reads(ANSWER);
    terminal.row('Bob’s laptop answers', `${quoted(ANSWER)}\nread on both of Ada’s devices, a copy on Bob’s phone`);
    await eventually('the gateway deleted every box', async () =>
      (await world.heldBoxes()).count === 0 ? true : undefined,
    );
    terminal.row('the gateway holds', '0 sealed boxes: each went when its device had stored it');
  },
};

/** Reads the gateway's whole database, as whoever steals it would. */
async function lookAtWhatIsHeld(world: DemoWorld, terminal: Terminal, knownAddress: string): Promise<void> {
  const held = await eventually('the gateway holds the boxes of three devices', async () => {
    const found = await world.heldBoxes();
    return found.count === 3 ? found : undefined;
  });
  const words = tellingWords(WORDS);
  const found = await world.search(words);
  terminal.row(
    'the gateway held',
    `${held.count} sealed boxes (${held.sizeBytes.toLocaleString('en')} bytes), ${found.hits === 0 ? 0 : 'some'} words\n` +
      `looked for ${words.join(', ')}\nin ${found.rows} rows of all ${found.tables} tables: ${found.hits} hits`,
  );
  check(found.hits === 0, 'no word of the message is anywhere in the database');
  const control = await world.search([knownAddress]);
  check(control.hits > 0, 'the search finds what the database does hold');
  terminal.row('the same search', `finds Ada’s address (${control.hits}×), which a gateway has to know`);
}
