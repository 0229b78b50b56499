import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Card, ClearOutbound, InboundEvent } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  BRIDGE,
  PERSON,
  eventually,
  newOutbound,
  openAttempt,
  startSimulatedRcs,
  type SimulatedRcs,
} from '../../libs/adapter-rcs-simulated/src/testing/simulated-rcs.js';
import { hasChromium, openChromium, screenshotsFolder } from '../support/chromium.js';

const OTHER = '+14155550124';
const words = (text: string): Plaintext => new Plaintext(text);

let browser: Browser;
let page: Page;
let rcs: SimulatedRcs;
const troubles: string[] = [];

/** What runs in the page knows the browser's types and not ours, so it is plain JavaScript. */
const inPage = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');

const inBrowser = hasChromium() ? describe : describe.skip;

inBrowser('the page of handsets', () => {
  beforeAll(async () => {
    browser = await openChromium();
  }, 60_000);
  afterAll(async () => browser?.close());

  beforeEach(async () => {
    rcs = await startSimulatedRcs();
    page = await browser.newPage({ viewport: { width: 1180, height: 800 } });
    troubles.length = 0;
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('dialog', (dialog) => troubles.push(`dialog: ${dialog.message()}`));
    await page.goto(`${rcs.url}/phones#${PERSON}`);
    await page.getByRole('heading', { name: PERSON }).waitFor();
  }, 60_000);
  afterEach(async () => {
    await page.close();
    await rcs.close();
    expect(troubles).toEqual([]);
  });

  const bubble = (text: string): Locator => page.getByRole('log').getByRole('listitem').filter({ hasText: text });

  async function send(text: string, changes: Partial<ClearOutbound> = {}): Promise<string> {
    const outcome = await rcs.adapter().deliver(newOutbound(text, changes), openAttempt());
    if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
    return outcome.externalId;
  }

  async function sendSms(text: string, to = PERSON): Promise<void> {
    const response = await fetch(`${rcs.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
      body: new URLSearchParams({ To: to, From: BRIDGE, Body: text }),
    });
    expect(response.status).toBe(201);
  }

  /** What the adapter makes of the webhooks that came. */
  const heard = <Kind extends InboundEvent['kind']>(kind: Kind, isIt: (event: InboundEvent) => boolean = () => true) =>
    eventually(async () => {
      for (const request of rcs.webhooks) {
        const outcome = await rcs.adapter().receive(request);
        if (outcome.kind !== 'events') continue;
        const found = outcome.events.find((event) => event.kind === kind && isIt(event));
        if (found) return found;
      }
      return undefined;
    });

  it('shows messages of both networks as they come, each named as simulated', async () => {
    await sendSms('An SMS for you');
    await send('And RCS');
    await bubble('An SMS for you').getByText('SMS · simulated').waitFor();
    await bubble('And RCS').getByText('RCS · simulated').waitFor();
    await page.getByText('Nothing here reaches a real phone').waitFor();
  }, 60_000);

  it('shows markup as the text that it is', async () => {
    const attack = '<img src=x onerror="alert(1)"><script>alert(2)</script><b>bold</b>';
    await send(attack);
    await sendSms(attack);
    await send('', { body: { kind: 'card', card: { title: words(attack), description: words(attack) } } });
    await eventually(async () => ((await bubble(attack).count()) === 3 ? true : undefined));
    expect(await page.locator('#bubbles img, #bubbles script, #bubbles b').count()).toBe(0);
  }, 60_000);

  it('carries what a person writes back, with typing before and a receipt after', async () => {
    const externalId = await send('Are you there?');
    await heard(
      'receipt',
      (event) => event.kind === 'receipt' && event.status === 'displayed' && event.externalId === externalId,
    );
    await page.getByLabel('Message', { exact: true }).pressSequentially('Yes, I am');
    await heard('typing');
    await page.keyboard.press('Enter');
    const answer = await heard('message');
    if (answer.kind !== 'message') throw new Error(answer.kind);
    expect(answer.text.reveal()).toBe('Yes, I am');
    await rcs.adapter().showTyping(newOutbound('x'), true);
    await page.getByText('is typing').waitFor();
    await rcs.adapter().reportRead(newOutbound('x'), answer.externalId);
    await bubble('Yes, I am').getByText('read').waitFor();
  }, 60_000);

  it('gives no sign of reading or typing when the person switched both off', async () => {
    await page.getByRole('switch', { name: 'Typing and receipts' }).uncheck();
    const externalId = await send('Read me quietly');
    await bubble('Read me quietly').waitFor();
    await page.getByLabel('Message', { exact: true }).pressSequentially('hm');
    await page.keyboard.press('Enter');
    await heard('message');
    for (const request of rcs.webhooks) {
      const outcome = await rcs.adapter().receive(request);
      const kinds = outcome.kind === 'events' ? outcome.events : [];
      for (const event of kinds) {
        expect(event.kind).not.toBe('typing');
        if (event.kind === 'receipt') expect(event).toMatchObject({ externalId, status: 'delivered' });
      }
    }
  }, 60_000);

  it('answers by a tap on what is suggested', async () => {
    const suggestions = ['Morning', 'Evening'].map(
      (text) => ({ kind: 'reply', text: words(text), postback: words(`at=${text}`) }) as const,
    );
    await send('When?', { suggestions });
    await page.getByRole('button', { name: 'Evening' }).click();
    const answer = await heard('message');
    if (answer.kind !== 'message') throw new Error(answer.kind);
    expect([answer.text.reveal(), answer.suggestion?.postback.reveal()]).toEqual(['Evening', 'at=Evening']);
  }, 60_000);

  it('holds messages for a handset that is off, and says so', async () => {
    await page.getByRole('switch', { name: 'Online' }).uncheck();
    await page.getByText('offline: messages wait').waitFor();
    await send('For later');
    await page.getByRole('switch', { name: 'RCS' }).waitFor();
    expect(await bubble('For later').count()).toBe(0);
    await page.getByRole('switch', { name: 'Online' }).check();
    await bubble('For later').waitFor();
  }, 60_000);

  it('loses RCS, so that the network does not know the phone any more and SMS still comes', async () => {
    await page.getByRole('switch', { name: 'RCS' }).uncheck();
    await page.getByText('lost RCS: SMS only').waitFor();
    const outcome = await rcs.adapter().deliver(newOutbound('By RCS'), openAttempt());
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'recipient-unreachable', certainty: 'not-sent' });
    await sendSms('By SMS then');
    await bubble('By SMS then').waitFor();
  }, 60_000);

  it('says STOP at one press, which reaches the adapter and ends what may be sent', async () => {
    await send('Do you want news?');
    await bubble('Do you want news?').waitFor();
    await page.getByRole('button', { name: 'STOP' }).click();
    await heard('opt-out');
    await page.getByText('unsubscribed').waitFor();
    const outcome = await rcs.adapter().deliver(newOutbound('More news'), openAttempt());
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'recipient-opted-out' });
  }, 60_000);

  it('can be used by keyboard alone and names all it has', async () => {
    await sendSms('For the other one', OTHER);
    await page.getByRole('button', { name: new RegExp(`\\${OTHER}`) }).waitFor();
    expect(await page.evaluate(inPage('unnamed-controls.mjs'))).toEqual([]);
    await page.locator('#add-number').focus();
    for (let presses = 0; presses < 10; presses += 1) {
      await page.keyboard.press('Tab');
      if (String(await page.evaluate('document.activeElement.textContent')).startsWith(OTHER)) break;
    }
    await page.keyboard.press('Enter');
    await bubble('For the other one').waitFor();
  }, 60_000);

  it('can be read in the light and in the dark', async () => {
    await fillWithExamples();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(inPage('weak-contrasts.mjs'))).toEqual([]);
      const folder = screenshotsFolder();
      if (folder === undefined) continue;
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: `${folder}/handsets${colorScheme === 'dark' ? '-dark' : ''}.png` });
    }
  }, 60_000);

  async function fillWithExamples(): Promise<void> {
    await sendSms('Your table is booked for 19:30.', OTHER);
    await sendSms('Ada, through Causeway: are you coming tonight?');
    await send('Now by RCS: look at the menu');
    await bubble('look at the menu').waitFor();
    const picture = (hue: number) => ({
      url: words(rcs.drawingUrl(hue)),
      contentType: 'image/svg+xml',
      sizeBytes: 500,
    });
    const cards: readonly Card[] = [
      { title: words('Noodles'), description: words('With broth, and an egg'), media: picture(24) },
      { title: words('Dumplings'), description: words('Twelve of them'), media: picture(265) },
    ];
    const suggestions = ['Noodles, please', 'Something else'].map(
      (text) => ({ kind: 'reply', text: words(text), postback: words(text) }) as const,
    );
    await send('', { body: { kind: 'carousel', cards }, suggestions });
    await page.getByRole('button', { name: 'Noodles, please' }).click();
    const answer = await heard('message');
    await rcs.adapter().reportRead(newOutbound('x'), answer.externalId);
    await bubble('Noodles, please').last().getByText('read').waitFor();
    await rcs.adapter().showTyping(newOutbound('x'), true);
    await page.getByText('is typing').waitFor();
  }
});
