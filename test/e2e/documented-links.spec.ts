import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import { toBytes } from '@causeway/message-model';
import { encodeAccountLink, signAccountLink } from '@causeway/signal-protocol';
import { sealedNumber, tenantOf } from '../support/clear-message.js';
import { runDocumented } from '../support/documented-program.js';
import { blocksOf, commandsOf, DocumentedSession } from '../support/documented-session.js';
import { inSeconds, RawDevice, say } from '../support/raw-device.js';
import { World } from '../support/world.js';
import { z } from 'zod';

const DOCUMENT = 'docs/links-and-aliases.md';
const HOST = 'messenger.example';
const WITHIN_MS = 480_000;

let world: World;
beforeAll(async () => {
  const hosts = { CAUSEWAY_NATIVE_HOST: HOST, CAUSEWAY_OTHER_NATIVE_HOSTS: 'direct.example' };
  world = await World.start({ env: hosts });
}, 90_000);
afterAll(async () => world.close(), 30_000);

const isOverRest = (block: string): boolean => block.includes('$TOKEN');

it(
  'the commands of the document run one after the other as they stand there',
  async () => {
    const blocks = (await blocksOf(DOCUMENT, 'sh')).filter((block) => !isOverRest(block));
    const commands = blocks.flatMap(commandsOf);
    expect(commands.length).toBeGreaterThan(20);
    // the last one: what is sent to an alias that was revoked
    expect(await new DocumentedSession(world).run(commands)).toMatch(/failed[\s\S]*conversation/i);
  },
  WITHIN_MS,
);

it(
  'the program of the document runs as it stands there and prints what it says',
  async () => {
    const [[program = ''], [printed = '']] = [await blocksOf(DOCUMENT, 'ts'), await blocksOf(DOCUMENT, 'text')];
    expect(await runDocumented(world, program)).toBe(printed);
  },
  WITHIN_MS,
);

it(
  'the calls of the document run one after the other as they stand there',
  async () => {
    const ada = await RawDevice.register(world.gatewayUrl, world.handle('rest'), HOST);
    const other = await RawDevice.register(world.gatewayUrl, world.handle('rest'), 'direct.example');
    const document = encodeAccountLink({
      tenant: tenantOf(other),
      account: other.account,
      accountKey: other.accountKeys.publicKey,
      device: other.deviceId,
      address: other.address,
      linkedAddress: ada.address,
      createdAt: inSeconds(0),
      notAfter: inSeconds(86_400),
      nonce: toBytes(randomBytes(16)),
    });
    const signed = {
      document,
      offered: signAccountLink(document, other.identity.privateKey),
      accepted: signAccountLink(document, ada.identity.privateKey),
    };
    const session = new DocumentedSession(world, {
      TOKEN: ada.token,
      SEALED_NUMBER: toWireJson(await sealedNumber(ada, '+14155550133')),
      SIGNED_LINK: toWireJson(signed),
    });
    const calls = (await blocksOf(DOCUMENT, 'sh')).filter(isOverRest).flatMap(commandsOf);
    expect(calls.length).toBeGreaterThan(12);
    await session.run(calls);
  },
  WITHIN_MS,
);

const DOCUMENTS = [DOCUMENT, 'docs/consent-and-routing.md'];
const TAGS = new Set(['Links', 'Aliases', 'Consent', 'Routes and contacts', 'Preferences']);
const described = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ tags: z.array(z.string()).default([]) }))),
});

it('every operation of these pages is in one of their examples', async () => {
  const { paths } = described.parse((await say(`${world.gatewayUrl}/openapi.json`, 'GET')).document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.some((tag) => TAGS.has(tag)))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.length).toBeGreaterThan(18);
  const blocks = (await Promise.all(DOCUMENTS.map((one) => blocksOf(one, 'sh')))).flat();
  const shown = blocks.filter(isOverRest).flatMap(commandsOf).map(operationOf);
  const isShown = (operation: string): boolean => shown.some((one) => patternOf(operation).test(one));
  expect(operations.filter((operation) => !isShown(operation))).toEqual([]);
});

it('every command of these pages is in one of their examples', async () => {
  const blocks = (await Promise.all(DOCUMENTS.map((one) => blocksOf(one, 'sh')))).flat();
  const typed = blocks.flatMap(commandsOf).filter((line) => line.startsWith('causeway '));
  const missing = COMMANDS_OF_PAGES.filter((name) => !typed.some((line) => line.startsWith(`causeway ${name}`)));
  expect(missing).toEqual([]);
});

const COMMANDS_OF_PAGES = [
  'link number, link prove, links, link findable, link offer, link accept, link revoke, cross-network',
  'alias new, aliases, alias revoke, contact find, contact remove, who-may-write, allow, block',
  'requests, accept, refuse, withdraw, networks on, networks off, prefer, explain, permit',
  'permissions, permissions end, waiting, approve, cancel, safety-number, verify, review',
].flatMap((names) => names.split(', '));

const operationOf = (call: string): string =>
  `${/-X (\w+)/.exec(call)?.[1] ?? 'GET'} ${/127\.0\.0\.1:7400([^\s'"]+)/.exec(call)?.[1] ?? ''}`;
const patternOf = (operation: string): RegExp =>
  new RegExp(`^${operation.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('/', '\\/')}$`);
