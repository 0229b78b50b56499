import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { hasChromium, openChromium } from '../support/chromium.js';
import { freePorts } from '../support/free-ports.js';
import { eventually, World } from '../support/world.js';

let world: World;
let browser: Browser;
let simulatorUrl: string;

const inBrowser = hasChromium() ? describe : describe.skip;

inBrowser('a native device and a handset in the browser', () => {
  beforeAll(async () => {
    const [port] = await freePorts(1);
    simulatorUrl = `http://127.0.0.1:${port}`;
    world = await World.start({
      env: {
        CAUSEWAY_SIMULATOR_PORT: `${port}`,
        CAUSEWAY_TWILIO_API_URL: simulatorUrl,
        CAUSEWAY_RCS_API_URL: `${simulatorUrl}/rcs`,
        CAUSEWAY_RCS_ACCESS_TOKEN: 'access-token-of-the-tests',
        CAUSEWAY_RCS_CLIENT_TOKEN: 'client-token-of-the-tests',
      },
    });
    browser = await openChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  }, 60_000);

  it.each([
    ['sms', '+14155557101', 'SMS · simulated', ['delivered']],
    // receipts of RCS name the message by the network's id alone
    ['rcs', '+14155557102', 'RCS · simulated', ['sent', 'delivered']],
  ] as const)(
    'write to each other by %s, and the answer arrives decrypted on the device',
    async (network, phone, badge, states: readonly string[]) => {
      const ada = await world.register(`ada-${network}`);
      const received: string[] = [];
      ada.on('message', (message) => void received.push(message.text ?? ''));
      const page = await browser.newPage();
      await page.goto(`${simulatorUrl}/phones#${phone}`);
      const sent = await ada.send(`tel:${phone}`, `Hello by ${network}`, { allowClear: [network] });
      const bubble = page.getByRole('listitem').filter({ hasText: `Hello by ${network}` });
      await bubble.getByText(badge).waitFor();
      await eventually(async () => states.includes((await ada.status(sent.messageId)).state.kind));
      const { gateway } = await ada.status(sent.messageId);
      expect(gateway?.hops).toEqual([expect.objectContaining({ network, isSimulated: true })]);
      await page.getByLabel('Message', { exact: true }).fill('And hello back, <b>Ada</b>');
      await page.keyboard.press('Enter');
      await eventually(() => received.includes('And hello back, <b>Ada</b>'));
      await page.close();
    },
    60_000,
  );
});
