import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cardsOf, type ContentCard, type Device, type ReceivedMessage } from '@causeway/client';
import { must } from '../support/in-process.js';
import { RcsWorld } from '../support/rcs-world.js';
import { eventually, type World } from '../support/world.js';

const PHONE = '+14155550110';
const DINNER: ContentCard = {
  title: 'Dinner',
  description: 'Tonight at eight?',
  suggestions: [
    { kind: 'reply', text: 'Yes' },
    { kind: 'open-url', text: 'Menu', url: 'https://menu.example/' },
  ],
};
const IN_WORDS = 'Dinner\nTonight at eight?\nMenu: https://menu.example/\nReply: Yes';

let rcs: RcsWorld;
let world: World;
let ada: Device;
const received: ReceivedMessage[] = [];
beforeAll(async () => {
  rcs = await RcsWorld.start();
  ({ world } = rcs);
  ada = await world.register('ada');
  ada.on('message', (message) => void received.push(message));
}, 90_000);
afterAll(async () => world?.close(), 30_000);

describe('a card', () => {
  it('is a card by RCS, and what is tapped on it comes back as a reply to it', async () => {
    const sent = await ada.sendCard(`tel:${PHONE}`, DINNER, { allowClear: ['rcs'] });
    await eventually(async () => (await rcs.received(PHONE)).length === 1);
    const [bubble] = await rcs.received(PHONE);
    const card = must(must(must(bubble).content.richCard).standaloneCard).cardContent;
    expect([card.title, card.description]).toEqual(['Dinner', 'Tonight at eight?']);
    const chip = must(must(must(card.suggestions)[0]).reply);
    await rcs.tap(PHONE, chip);
    await eventually(() => received.some(({ text }) => text === 'Yes'));
    const answer = must(received.find(({ text }) => text === 'Yes'));
    expect([answer.from, answer.inReplyTo]).toEqual([`tel:${PHONE}`, sent.messageId]);
    // what comes back on somebody else's phone under the same name is about no message of theirs
    await ada.send('tel:+14155550125', 'hello', { allowClear: ['rcs'] });
    await eventually(async () => (await rcs.received('+14155550125')).length === 1);
    await rcs.tap('+14155550125', { ...chip, text: 'Stolen' });
    await eventually(() => received.some(({ text }) => text === 'Stolen'));
    expect(must(received.find(({ text }) => text === 'Stolen')).inReplyTo).toBeNull();
  }, 60_000);

  it('is shown for each network before it goes: as a card by RCS, in words by SMS', async () => {
    const { preview, messageId } = await ada.sendCard('tel:+14155550140', [DINNER, { title: 'Lunch' }]);
    expect(must(preview)).toMatchObject({
      network: 'rcs',
      text: '',
      cards: [{ title: 'Dinner', suggestions: ['Yes', 'Menu'] }, { title: 'Lunch' }],
      losses: [],
      fallbacks: [{ network: 'sms', text: `${IN_WORDS}\n\nLunch`, losses: ['The card arrives as words.'] }],
    });
    await ada.approve(messageId);
    await eventually(async () => (await rcs.received('+14155550140')).length === 1);
    const [bubble] = await rcs.received('+14155550140');
    expect(must(must(must(bubble).content.richCard).carouselCard).cardContents).toHaveLength(2);
  }, 60_000);

  it('is words by SMS, and words with the card beside them on a native device', async () => {
    await ada.sendCard('tel:+14155550155', DINNER, { allowClear: ['sms'] });
    await eventually(async () => (await world.carrier.received('+14155550155')).length === 1);
    expect(must((await world.carrier.received('+14155550155'))[0]).body).toBe(IN_WORDS);
    const bob = await world.register('bob');
    const atBob: ReceivedMessage[] = [];
    bob.on('message', (message) => void atBob.push(message));
    await world.befriend(ada, bob);
    await ada.sendCard(bob.address, DINNER, { fallback: 'Dinner at eight?' });
    await eventually(() => atBob.some(({ text }) => text === 'Dinner at eight?'));
    const shown = must(atBob.find(({ text }) => text === 'Dinner at eight?'));
    expect(cardsOf(shown.content)).toEqual([DINNER]);
  }, 60_000);
});

describe('what RCS has no form for', () => {
  it('is said in words or refused, as its preview says, and never left out', async () => {
    const to = '+14155550170';
    const first = await ada.send(`tel:${to}`, 'see you at nine', { allowClear: ['rcs'] });
    await eventually(async () => (await rcs.received(to)).length === 1);
    const edited = await ada.edit(first, 'see you at ten');
    expect(must(edited.preview)).toMatchObject({
      network: 'rcs',
      text: 'Edited: see you at ten',
      losses: ['The new words arrive as another message; the old ones stay on their phone.'],
    });
    await ada.approve(edited);
    const reacted = await ada.react(first, '👍');
    expect(must(reacted.preview)).toMatchObject({
      text: expect.stringContaining('Reacted 👍'),
      losses: ['The reaction arrives as a message of its own.'],
    });
    await ada.approve(reacted);
    const deleted = await ada.deleteForEveryone(first);
    expect(deleted.state).toEqual({ kind: 'failed', reason: 'content-rejected' });
    await eventually(async () => (await rcs.received(to)).length === 3);
    expect((await rcs.received(to)).map(({ content }) => content.text)).toEqual([
      'see you at nine',
      'Edited: see you at ten',
      expect.stringContaining('Reacted 👍'),
    ]);
  }, 60_000);
});
