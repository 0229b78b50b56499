import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { expect, it } from '@jest/globals';
import { toBase64Url } from '@causeway/message-model';
import { loadConfig, privateServer, SYSTEM_CLOCK, operatorToken } from '@causeway/platform';
import { EdgeKeys } from '@causeway/edge-keys';
import { TellDevices } from '@causeway/people';
import { DrainNativeLane } from '@causeway/message-flow';
import { openProcess } from '@causeway/process-context';
import { startGateway } from '../../../apps/gateway/src/index.js';
import { freshDatabase } from '../../../test/support/database.js';
import { Device } from './index.js';

let keys: EdgeKeys;
@Controller()
class Edge {
  @MessagePattern('edge.describe')
  describe() {
    const { bytes, signature } = keys.bundle();
    return {
      identity: toBase64Url(keys.identityPublicKey),
      bundle: { bytes: toBase64Url(bytes), signature: toBase64Url(signature) },
      networks: [],
    };
  }
}
@Module({ controllers: [Edge] })
class EdgeModule {}

async function until(what: string, check: () => boolean | Promise<boolean>, ms = 8000) {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((r) => setTimeout(r, 30));
  }
}

it('works against the gateway', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'cw-world-'));
  const { url } = await freshDatabase();
  const config = loadConfig({
    CAUSEWAY_DATA_FOLDER: dir,
    CAUSEWAY_DATABASE_URL: url,
    CAUSEWAY_HTTP_PORT: '0',
    CAUSEWAY_LOG_LEVEL: 'error',
  });
  keys = await EdgeKeys.open({ folder: join(dir, 'ek'), region: config.region, clock: SYSTEM_CLOCK } as never);
  const context = await openProcess({ name: 'gateway', config, databaseUrl: url });
  await import('node:fs/promises').then((fs) => fs.mkdir(join(dir, 'run'), { recursive: true }));
  const edge = await NestFactory.createMicroservice(EdgeModule, {
    strategy: privateServer(config.edgeRpcListen, undefined),
    logger: false,
  });
  await edge.listen();
  const gateway = await startGateway({ context, operatorToken: await operatorToken(config) });
  const { stores, clock } = context;
  const drain = new DrainNativeLane(
    stores.lanes,
    {
      find: (k: readonly any[]) =>
        stores.recipients.find(k.map(({ tenant, account, conversation }) => ({ tenant, account, conversation }))),
    } as never,
    stores.consents,
    new TellDevices(stores.accounts, stores.inbox, stores.partitions, clock),
    gateway.devices,
    clock,
  );
  const pump = setInterval(() => {
    void (async () => {
      const rows = await stores.database.query<{ id: never }>('SELECT id FROM transit.lane');
      for (const { id } of rows) await drain.execute(id);
    })().catch((e) => console.error('pump', String(e)));
  }, 150);

  const problems: unknown[] = [];
  const watch = (d: Device) => {
    for (const n of ['problem', 'trust-problem', 'refused-item'] as const)
      d.on(n, (e) => {
        problems.push(n, e);
        console.error(d.address, n, e);
      });
    return d;
  };
  const ada = watch(
    await Device.register({ gateway: gateway.url, handle: 'ada', folder: join(dir, 'ada'), passphrase: 'a' }),
  );
  let bob = watch(
    await Device.register({ gateway: gateway.url, handle: 'bob', folder: join(dir, 'bob'), passphrase: 'b' }),
  );
  const got: string[] = [];
  const seen = (who: string) => (m: { text: string | undefined; isOwn: boolean; kind: string }) =>
    void got.push(`${who}:${m.isOwn ? 'own:' : ''}${m.kind}:${m.text}`);
  ada.on('message', seen('ada'));
  bob.on('message', seen('bob'));
  bob.on('request', (r) => bob.accept(r));
  const states: string[] = [];
  ada.on('state', ({ state }) => states.push(state.kind));
  const first = await ada.send(bob.address, 'hello');
  expect(first.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
  await until('hello', () => got.includes('bob:text:hello'));
  await until('delivered', async () => (await ada.status(first)).state.kind === 'delivered');
  console.log(states, await ada.status(first));
  await bob.send(ada.address, 'hi ada');
  await until('hi', () => got.includes('ada:text:hi ada'));
  expect(await ada.safetyNumber(bob.address)).toBe(await bob.safetyNumber(ada.address));

  // second device of bob
  const offer = await Device.offer({ gateway: gateway.url, folder: join(dir, 'bob2'), passphrase: 'c' });
  const ticket = await bob.link(offer);
  const bob2 = watch(await Device.join({ folder: join(dir, 'bob2'), passphrase: 'c', ticket }));
  bob2.on('message', seen('bob2'));
  await ada.send(bob.address, 'to both');
  await until('to both', () => got.includes('bob:text:to both') && got.includes('bob2:text:to both'));
  await bob.send(ada.address, 'from bob 1');
  await until('sync', () => got.includes('bob2:own:text:from bob 1') && got.includes('ada:text:from bob 1'));
  await bob2.send(ada.address, 'from bob 2');
  await until('sync2', () => got.includes('bob:own:text:from bob 2') && got.includes('ada:text:from bob 2'));

  const dave = watch(
    await Device.register({ gateway: gateway.url, handle: 'dave', folder: join(dir, 'dave'), passphrase: 'c' }),
  );
  dave.on('message', seen('dave'));
  const dw = await dave.send(bob.address, 'dave here');
  await until('dave', () => got.includes('bob:text:dave here') && got.includes('bob2:text:dave here'), 20000);
  expect(dw.state.kind).toBe('waiting-on-sender');
  await bob2.send(dave.address, 'from bob2');
  await until('dave2', () => got.includes('dave:text:from bob2') && got.includes('bob:own:text:from bob2'), 20000);
  const t0 = Date.now();
  await Promise.all(Array.from({ length: 200 }, (_, i) => ada.send(bob.address, `b${i}`)));
  console.log('200 sent in', Date.now() - t0);
  await until('burst', () => got.filter((g) => /^bob:text:b\d+$/.test(g)).length >= 200, 60000);
  console.log('200 received in', Date.now() - t0);
  expect(got.filter((g) => /^bob:text:b\d+$/.test(g))).toEqual(Array.from({ length: 200 }, (_, i) => `bob:text:b${i}`));
  await Promise.all([dave.close(), bob2.close()]);
  const carol = watch(
    await Device.register({
      gateway: gateway.url,
      handle: 'carol',
      folder: join(dir, 'carol'),
      passphrase: 'c',
      delivery: 'poll',
    }),
  );
  await carol.setConsentPolicy('anyone');
  const before = got.length;
  carol.on('message', seen('carol'));
  await ada.send(carol.address, 'hi carol');
  await until('carol', async () => {
    await carol.poll();
    return got.includes('carol:text:hi carol');
  });
  console.log(before, problems);
  await expect(
    Device.register({ gateway: gateway.url, handle: 'carol', folder: join(dir, 'x'), passphrase: 'c' }),
  ).rejects.toMatchObject({ code: 'handle-taken' });
  await Promise.all([ada.close(), bob.close(), carol.close()]);
  clearInterval(pump);
  await gateway.close();
  await edge.close();
}, 90000);
