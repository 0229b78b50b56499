import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';

const WORDS = {
  before: 'Mia, bring the blue folder. Ada',
  switched: 'Mia, the folder is with Bob now. Ada',
  back: 'Mia, all is settled. Ada',
} as const;

export const preferredApp: Step = {
  title: 'The recipient switches their preferred app, and the next message follows',
  proves: 'Mia chose, Ada wrote to the same number each time, and both were told of every switch.',
  run: async (world, terminal) => {
    const ada = world.held('Ada’s phone').device;
    const mia = world.held('Mia’s phone');
    const number = `tel:${world.linkedPhone}`;
    const told: string[] = [];
    for (const [who, device] of [['Ada', ada] as const, ['Mia', mia.device] as const])
      device.on('route-switched', ({ network }) => void told.push(`${who}: ${network}`));
    const write = async (words: string) => {
      terminal.row(`Ada to ${world.linkedPhone}`, quoted(words));
      return ada.send(number, words, { allowClear: ['sms'] });
    };

    await write(WORDS.before);
    const first = await mia.reads(WORDS.before);
    check(first.network === 'native', 'end-to-end encrypted comes first while Mia says nothing');
    terminal.row('Mia reads', 'end-to-end encrypted, the strongest way, as she has said nothing');

    await mia.device.routing.set({ order: ['sms', 'native'] });
    terminal.row('Mia prefers', 'SMS, then native');
    const sent = await write(WORDS.switched);
    check(sent.to === number, 'the next message goes to her telephone');
    await eventually('Mia’s telephone has it', async () =>
      (await world.handsets.received(world.linkedPhone)).find(({ body }) => body === WORDS.switched),
    );
    terminal.row('Mia’s telephone', quoted(WORDS.switched));
    await bothHeard(told, 'sms');

    await mia.device.routing.set({ order: ['native', 'sms'] });
    terminal.row('Mia prefers', 'native, then SMS');
    await write(WORDS.back);
    check((await mia.reads(WORDS.back)).network === 'native', 'and the one after that is end-to-end encrypted again');
    await bothHeard(told, 'native');
    terminal.row('told of it', told.join('\n'));
  },
};

const bothHeard = (told: readonly string[], network: string): Promise<true> =>
  eventually(`both are told of the switch to ${network}`, () =>
    ['Ada', 'Mia'].every((who) => told.includes(`${who}: ${network}`)) ? true : undefined,
  );
