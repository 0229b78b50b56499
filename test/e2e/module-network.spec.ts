import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device, ReceivedMessage } from '@causeway/client';
import { ScriptedNetwork } from '../../libs/adapter-template/src/testing/scripted-network.js';
import { must } from '../support/in-process.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550161';
const WEBHOOK_SECRET = 'a-webhook-secret-of-the-operator';

/** The adapter every new one begins as, compiled, named in the settings as an operator would: nothing in the product knows its network. */
let network: ScriptedNetwork;
let folder: string;
let world: World;
let ada: Device;
const received: ReceivedMessage[] = [];
beforeAll(async () => {
  network = await ScriptedNetwork.start();
  folder = await mkdtemp(join(tmpdir(), 'cw-module-'));
  const settings = join(folder, 'adapters.json');
  const template = { apiUrl: network.url, apiKey: 'a-key', webhookSecret: WEBHOOK_SECRET, isSimulated: true };
  await writeFile(settings, JSON.stringify({ template }));
  world = await World.start({
    env: {
      CAUSEWAY_ADAPTER_MODULES: 'template=dist/libs/adapter-template/src/index.js',
      CAUSEWAY_ADAPTER_SETTINGS: settings,
    },
  });
  ada = await world.register('ada');
  await ada.interoperability.set('template', true);
  // a change of another network leaves it on
  await ada.interoperability.set('rcs', false);
  expect(await ada.interoperability.list()).toEqual(['sms', 'template']);
  ada.on('message', (message) => void received.push(message));
}, 90_000);
afterAll(async () => {
  await world?.close();
  await network?.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

/** As the network calls: signed over the bytes it sends. */
async function say(event: object): Promise<number> {
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-template-signature': signature };
  return (await fetch(`${world.edgeUrl}/webhooks/template/events`, { method: 'POST', headers, body })).status;
}

describe('a network that only a module knows', () => {
  it('carries a message out and in, and is named wherever a person or a program sees it', async () => {
    const { preview, messageId } = await ada.send(`tel:${PHONE}`, 'by a network of our own');
    expect(must(preview).networks).toEqual(['sms', 'template']);
    expect(must(preview).fallbacks).toMatchObject([
      { network: 'template', isSimulated: true, readableBy: expect.arrayContaining(['all who run template']) },
    ]);
    await ada.cancel(messageId);

    const sent = await ada.send(`tel:${PHONE}`, 'by a network of our own', { allowClear: ['template'] });
    await eventually(() => network.delivered.length === 1, { what: world.logs.slice(-400) });
    const { id, text, reference } = must(network.delivered[0]);
    expect(text).toBe('by a network of our own');
    expect(await say({ type: 'receipt', id, reference, status: 'delivered' })).toBe(204);
    await eventually(async () => (await ada.status(sent)).state.kind === 'delivered');
    const gateway = must((await ada.status(sent)).gateway);
    expect(gateway.attempts.map((attempt) => [attempt.network, attempt.isSimulated])).toEqual([['template', true]]);
    expect(gateway.hops.map((hop) => hop.network)).toEqual(['template']);
    expect(await world.carrier.received(PHONE)).toEqual([]);

    const message = { type: 'message', id: randomUUID(), from: PHONE, to: BRIDGE_NUMBERS[0], text: 'and back', at: 1 };
    expect(await say(message)).toBe(204);
    await eventually(() => received.some((each) => each.text === 'and back'));
    expect(must(received[0])).toMatchObject({ from: `tel:${PHONE}`, network: 'template' });
  }, 60_000);

  it('stands in the order of a person and can be taken out like any other way', async () => {
    const towards = `tel:${PHONE}`;
    await ada.routing.set({ order: ['template', 'native', 'sms'] });
    expect(await ada.routing.rules()).toMatchObject({ order: ['template', 'native', 'sms'] });
    const outcomes = async () =>
      (await ada.routing.explain(towards, 'clear')).ways.map(({ network, outcome }) => [network, outcome]);
    expect(await outcomes()).toEqual([
      ['sms', 'taken'],
      ['template', 'next'],
    ]);
    await ada.routing.set({ removed: ['template'] }, towards);
    expect(await outcomes()).toEqual([
      ['sms', 'taken'],
      ['template', 'closed'],
    ]);
    await ada.routing.set({ removed: ['sms'] }, towards);
    expect(await outcomes()).toEqual([
      ['sms', 'closed'],
      ['template', 'taken'],
    ]);
    await ada.routing.set({ removed: [] }, towards);
    const refused = await ada.routing.set({ order: ['sms', 'Not a network'] }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'ProblemError', errors: [{ pointer: expect.stringContaining('order/1') }] });
  }, 30_000);

  it('is refused before it is asked anything when no module brings it', async () => {
    const sent = await ada.send(`tel:${PHONE}`, 'nobody carries this', { allowClear: ['carrier-pigeon'] });
    expect(sent.state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });
    expect(network.delivered).toHaveLength(1);
  }, 30_000);
});
