import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintTransitId } from '@causeway/message-model';
import { z } from 'zod';
import { Device } from './device.js';
import { DeviceStore } from './device-store.js';
import { putUpToShow } from './received-messages.js';
import { RECORDS } from './records.js';
import { problem, ScriptedGateway, type Script } from './testing/scripted-gateway.js';
import { HOST, PASSPHRASE, TestDevice } from './testing/test-device.js';

const BOB = `mimi://${HOST}/u/bob`;

let gateway: ScriptedGateway;
let script: Script;
let made: TestDevice;
beforeEach(async () => {
  script = () => problem(404, 'not-found');
  gateway = await ScriptedGateway.start((call) => script(call));
  made = await TestDevice.make('ada', gateway.url);
  await made.context.store.close();
});
afterEach(async () => {
  await gateway.close();
  await rm(made.folder, { recursive: true, force: true });
});

const opened = (timeoutMs = 1000) =>
  Device.open({ folder: made.folder, passphrase: PASSPHRASE, delivery: 'poll', timeoutMs });

describe('a device that is closed', () => {
  it('keeps a message whose submission nobody answers, and does not wait for the answer for long', async () => {
    const device = await opened(60_000);
    script = () => new Promise(() => undefined);
    const sending = device.send(BOB, 'kept');
    await device.close();
    expect((await sending).state).toEqual({ kind: 'unsubmitted' });
    const again = await opened();
    expect((await again.messages()).map(({ text }) => text)).toEqual(['kept']);
    await again.close();
    await expect(again.send(BOB, 'too late')).rejects.toThrow('closed');
  }, 30_000);

  it('can be closed by a handler', async () => {
    const store = await DeviceStore.open(made.folder, { passphrase: PASSPHRASE });
    await store.unit(async (unit) => {
      unit.put(RECORDS.request, 'q', { request: 'q', from: BOB, requestedAt: '' });
      await putUpToShow(unit, 'request', 'q');
    });
    await store.close();
    const device = await opened();
    await new Promise<void>((resolve) => {
      device.on('request', async () => {
        await device.close();
        resolve();
      });
    });
  });
});

describe('cancelling', () => {
  it('waits for the answer to a submission that is under way, and tells the gateway', async () => {
    const device = await opened();
    script = async ({ method, path }) => {
      if (path === '/v1/routes') return { status: 200, body: { leg: 'none', waiting: 'consent' } };
      if (method === 'DELETE') return { status: 204 };
      if (path !== '/v1/messages') return problem(404, 'not-found');
      await new Promise((resolve) => setTimeout(resolve, 200));
      const [call] = gateway.calls.filter((each) => each.path === '/v1/messages');
      const state = { kind: 'waiting-on-sender', reason: 'consent' };
      const { messageId, deliverBefore } = z
        .object({ messageId: z.string(), deliverBefore: z.int() })
        .parse(call?.body);
      const id = mintTransitId('m', Date.now() + 3_600_000);
      return { status: 202, body: { id, messageId, state, deliverBefore } };
    };
    const sending = device.send(BOB, 'never mind');
    while (!gateway.calls.some(({ path }) => path === '/v1/messages')) await new Promise(setImmediate);
    const [message] = await device.messages();
    if (!message) throw new Error('it was kept');
    const cancelled = await device.cancel(message);
    await sending;
    expect(cancelled.state).toEqual({ kind: 'cancelled' });
    expect(gateway.calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    await device.close();
  });
});

describe('registering', () => {
  it('keeps the keys of a registration the gateway may have taken, and repeats it word for word', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-device-'));
    const bodies: unknown[] = [];
    script = ({ path, body }) => {
      if (path === '/.well-known/causeway')
        return { status: 200, body: { nativeHost: HOST, registration: 'open', version: '1' } };
      bodies.push(body);
      return problem(503, 'unavailable', {}, { 'retry-after': '60' });
    };
    const options = { gateway: gateway.url, handle: 'cleo', folder, passphrase: PASSPHRASE };
    await expect(Device.register(options)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(Device.register(options)).rejects.toMatchObject({ code: 'unavailable' });
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toEqual(bodies[0]);
    await rm(folder, { recursive: true, force: true });
  });
});
