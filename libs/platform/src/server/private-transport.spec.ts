import 'reflect-metadata';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import type { INestMicroservice } from '@nestjs/common';
import { CausewayError } from '@causeway/message-model';
import { Events } from './events.js';
import { SILENT_LOGGER } from '../logger.js';
import { Metrics } from './metrics.js';
import { PrivateClient } from './private-client.js';
import { privateServer } from './private-server.js';
import type { RpcAddress } from '../rpc-address.js';
import { RpcProblemFilter } from './rpc-problem-filter.js';
import { StartupProblem } from '../startup-problem.js';
import type { TlsIdentity } from '../tls-files.js';

@Controller()
class Answers {
  @MessagePattern('double')
  double(question: { value: number }): { value: number } {
    return { value: question.value * 2 };
  }

  @MessagePattern('refuse')
  refuse(): never {
    throw new CausewayError('no-consent', { detail: 'not between these two', extensions: { hint: 1 } });
  }

  @MessagePattern('crash')
  crash(): never {
    throw new Error('secret words');
  }

  @MessagePattern('hang')
  hang(): Promise<never> {
    return new Promise(() => undefined);
  }
}

@Module({ controllers: [Answers] })
class AnswersModule {}

describe('questions between our processes', () => {
  let scratch = '';
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'causeway-rpc-'));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  async function serve(address: RpcAddress, tls?: TlsIdentity): Promise<INestMicroservice> {
    const app = await NestFactory.createMicroservice(AnswersModule, {
      strategy: privateServer(address, tls),
      logger: false,
    });
    app.useGlobalFilters(new RpcProblemFilter(new Events(SILENT_LOGGER, new Metrics())));
    await app.listen();
    closing.push(() => app.close());
    return app;
  }
  function client(address: RpcAddress, tls?: TlsIdentity): PrivateClient {
    const made = new PrivateClient(address, tls);
    closing.push(() => made.close());
    return made;
  }
  const socket = (name: string): RpcAddress => ({ kind: 'socket', path: join(scratch, name, 'a.sock') });
  const soon = { timeoutMs: 3_000 };

  it('are answered over a socket that only we may open', async () => {
    const address = socket('one');
    await serve(address);
    expect(await client(address).ask('double', { value: 21 }, soon)).toEqual({ value: 42 });
    if (address.kind === 'socket') expect((await stat(address.path)).mode & 0o777).toBe(0o600);
  });

  it('are asked on a new connection when the old one swallows them without a word', async () => {
    const inner = join(scratch, 'inner', 'a.sock');
    await serve({ kind: 'socket', path: inner });
    const passing = new Set<Socket>();
    const between = createServer((asking) => {
      passing.add(asking);
      asking.pipe(connect(inner)).pipe(asking);
    });
    const path = join(scratch, 'between.sock');
    await new Promise<void>((resolve) => between.listen(path, resolve));
    closing.push(() => new Promise((resolve) => between.close(resolve)));
    const asked = client({ kind: 'socket', path });
    expect(await asked.ask('double', { value: 1 }, soon)).toEqual({ value: 2 });

    for (const half of passing) half.unpipe().resume();
    await expect(asked.ask('double', { value: 2 }, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await asked.ask('double', { value: 3 }, soon)).toEqual({ value: 6 });
    for (const half of passing) half.destroy();
  });

  it('bring a refusal back as the same error', async () => {
    const address = socket('two');
    await serve(address);
    const asking = client(address).ask('refuse', {}, soon);
    await expect(asking).rejects.toMatchObject({
      code: 'no-consent',
      details: { detail: 'not between these two', extensions: { hint: 1 } },
    });
  });

  it('bring a bug back as unavailable, without its words', async () => {
    const address = socket('three');
    await serve(address);
    const thrown = await client(address)
      .ask('crash', {}, soon)
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'CausewayError' });
    expect(String(thrown)).not.toContain('secret words');
  });

  it('are unavailable when nobody answers in time, and when nobody listens', async () => {
    const address = socket('four');
    await serve(address);
    await expect(client(address).ask('hang', {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(client(socket('nobody')).ask('double', {}, soon)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are answered again after the other process was started anew, over what a killed one left', async () => {
    const address = socket('five');
    const first = await serve(address);
    const asker = client(address);
    await asker.ask('double', { value: 1 }, soon);
    await first.close();
    const leaving = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leaving, pathOf(address)]);
    expect((await stat(pathOf(address))).isSocket()).toBe(true);
    await serve(address);
    expect(await asker.ask('double', { value: 2 }, soon)).toEqual({ value: 4 });
  });

  it('are refused a place that is in use, or too long', async () => {
    const address = socket('six');
    await serve(address);
    await expect(serve(address)).rejects.toThrow(/is in use/);
    await expect(serve({ kind: 'socket', path: `/tmp/${'x'.repeat(110)}` })).rejects.toThrow(StartupProblem);
  });

  it('never go over TCP without certificates', () => {
    const address: RpcAddress = { kind: 'tls', host: '127.0.0.1', port: 7500 };
    expect(() => privateServer(address, undefined)).toThrow(StartupProblem);
    expect(() => new PrivateClient(address, undefined)).toThrow(StartupProblem);
  });

  it('go over TLS only between holders of a certificate of our authority', async () => {
    const ours = await certificates(join(scratch, 'ours'));
    const theirs = await certificates(join(scratch, 'theirs'));
    const address: RpcAddress = { kind: 'tls', host: 'localhost', port: await freePort() };
    await serve(address, ours);
    expect(await client(address, ours).ask('double', { value: 4 }, soon)).toEqual({ value: 8 });
    const stranger = client(address, { ...theirs, ca: ours.ca });
    await expect(stranger.ask('double', { value: 4 }, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(client(address, { ...ours, ca: theirs.ca }).ask('double', { value: 4 }, soon)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

const pathOf = (address: RpcAddress): string => (address.kind === 'socket' ? address.path : '');

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return address && typeof address === 'object' ? address.port : 0;
}

/** An authority and a certificate for localhost, made by openssl. */
async function certificates(prefix: string): Promise<TlsIdentity> {
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    `${prefix}-ca.key`,
    '-out',
    `${prefix}-ca.pem`,
    '-subj',
    '/CN=authority',
  );
  openssl('req', ...curve, '-keyout', `${prefix}.key`, '-out', `${prefix}.csr`, '-subj', '/CN=localhost');
  await writeFile(`${prefix}.ext`, 'subjectAltName=DNS:localhost\n');
  openssl(
    'x509',
    '-req',
    '-in',
    `${prefix}.csr`,
    '-CA',
    `${prefix}-ca.pem`,
    '-CAkey',
    `${prefix}-ca.key`,
    '-CAcreateserial',
    '-out',
    `${prefix}.pem`,
    '-days',
    '2',
    '-extfile',
    `${prefix}.ext`,
  );
  const [ca, cert, key] = await Promise.all(
    [`${prefix}-ca.pem`, `${prefix}.pem`, `${prefix}.key`].map((file) => readFile(file, 'utf8')),
  );
  return { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
}
