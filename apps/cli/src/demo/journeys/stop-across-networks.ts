import { quoted, type Terminal } from '../../terminal.js';
import type { DemoWorld } from '../demo-world.js';
import { check, eventually, type Step } from '../step.js';

const WORDS = {
  permitted: 'Linus, one more thing. Ada',
  afterStop: 'Linus, are you there? Ada',
  afterStart: 'Good that you are back. Ada',
} as const;

export const stopAcrossNetworks: Step = {
  title: 'A permission for a time, and STOP across networks',
  proves: 'One signature covered what Ada wrote; STOP by SMS held for RCS too, and showed in nothing until START.',
  run: async (world, terminal) => {
    const ada = world.held('Ada’s phone').device;
    const phone = world.secondPhone;
    const address = `tel:${phone}`;
    const shown = await ada.permissions.describe(address, { over: ['rcs', 'sms'], forSeconds: 3_600 });
    for (const { network, readableBy } of shown.networks) terminal.row(network, `readable by ${readableBy.join(', ')}`);
    await ada.permissions.give(shown);
    terminal.row('Ada signs', 'everything to this number, for an hour');
    const first = await ada.send(address, WORDS.permitted);
    check(first.state.kind !== 'waiting-on-sender', 'a message under the permission is not asked about');
    const from = await arrives(world, WORDS.permitted);
    await say(world, terminal, { from: phone, to: from, text: 'STOP' });
    await world.handsets.setRcs(phone, true);
    terminal.row('Linus’ phone', 'has RCS again (SIMULATED)');
    terminal.row(`Ada to ${phone}`, quoted(WORDS.afterStop));
    const before = await ada.routing.explain(address);
    const held = (await world.heldBoxes()).count;
    const withheld = await ada.send(address, WORDS.afterStop);
    await eventually('the edge dropped it', async () => ((await world.heldBoxes()).count <= held ? true : undefined));
    const { state } = await ada.status(withheld);
    check(state.kind === 'ready', 'for Ada it stands where it would stand for a phone that is switched off');
    check(!(await onPhone(world)).includes(WORDS.afterStop), 'nothing reached the phone, by SMS or by RCS');
    const after = await ada.routing.explain(address);
    check(JSON.stringify(after) === JSON.stringify(before), 'STOP shows in no explanation');
    await world.handsets.setRcs(phone, false);
    await say(world, terminal, { from: phone, to: from, text: 'START' });
    await ada.send(address, WORDS.afterStart);
    await arrives(world, WORDS.afterStart);
    check(!(await onPhone(world)).includes(WORDS.afterStop), 'what was written meanwhile does not follow');
    await ada.permissions.takeBack(address);
    const asked = await ada.send(address, 'and this waits');
    check(asked.state.kind === 'waiting-on-sender', 'without the permission Ada is asked again');
    await ada.cancel(asked);
  },
};

/** Types a word of consent and waits until it was heard: the carrier delivers it in its own time. */
async function say(
  world: DemoWorld,
  terminal: Terminal,
  message: { readonly from: string; readonly to: string; readonly text: string },
): Promise<void> {
  const heardBefore = await world.stoppedNumbers();
  await world.handsets.write(message);
  terminal.row('Linus writes', quoted(message.text));
  await eventually('the word was heard', async () =>
    (await world.stoppedNumbers()) !== heardBefore ? true : undefined,
  );
}

async function onPhone({ handsets, secondPhone }: DemoWorld): Promise<readonly string[]> {
  const bySms = (await handsets.received(secondPhone)).map(({ body }) => body);
  return [...(await handsets.receivedByRcs(secondPhone)), ...bySms];
}

/** The number that the text came from. */
const arrives = ({ handsets, secondPhone }: DemoWorld, words: string): Promise<string> =>
  eventually(
    `${quoted(words)} is on Linus’ phone`,
    async () => (await handsets.received(secondPhone)).find(({ body }) => body === words)?.from,
  );
