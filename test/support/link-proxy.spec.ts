import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LinkProxy } from './link-proxy.js';
import { eventually } from './world.js';

let server: Server;
let link: LinkProxy;
let arrived: string;
let open: Socket[];

beforeEach(async () => {
  [arrived, open] = ['', []];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    open.push(socket);
    socket.on('data', (bytes) => {
      arrived += bytes.toString('utf8');
      socket.write(`echo ${bytes.toString('utf8')}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  link = await LinkProxy.open(address !== null && typeof address === 'object' ? address.port : 0);
});

afterEach(async () => {
  for (const socket of open) socket.destroy();
  await link.close();
  await new Promise((resolve) => server.close(resolve));
});

/** One end of a connection over the link. */
class Caller {
  heard = '';
  ended: string | undefined;
  readonly socket: Socket;

  constructor(path?: string) {
    this.socket = path === undefined ? connect(link.port, '127.0.0.1') : connect(path);
    open.push(this.socket);
    this.socket.on('data', (bytes) => (this.heard += bytes.toString('utf8')));
    this.socket.on('error', (error) => (this.ended = String(Reflect.get(error, 'code'))));
    this.socket.on('close', () => (this.ended ??= 'closed'));
  }

  async says(text: string): Promise<void> {
    await this.hears(text, `echo ${text}`);
  }

  async hears(text: string, answer = text): Promise<void> {
    this.socket.write(text);
    await eventually(() => this.heard.endsWith(answer), { what: `an answer to ${text}` });
  }
}

describe('a link that can fail', () => {
  it('carries both ways while it is whole, and an end at one side reaches the other', async () => {
    const caller = new Caller();
    await caller.says('hello');
    open.find((socket) => socket !== caller.socket)?.end();
    await eventually(() => caller.ended === 'closed', { what: 'the end' });
  });

  it('resets what there is and refuses what comes while it is cut, and listens on the same port when healed', async () => {
    const before = new Caller();
    await before.says('hello');
    await link.cut();
    const during = new Caller();
    await eventually(() => before.ended === 'ECONNRESET' && during.ended === 'ECONNREFUSED', { what: 'both ends' });
    await link.heal();
    await new Caller().says('again');
  });

  it('does the same between Unix sockets, which close where others are reset', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cl-'));
    const [near, far] = [join(folder, 'near'), join(folder, 'far')];
    const echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(far, resolve));
    const between = await LinkProxy.openSocket(near, far);
    const before = new Caller(near);
    await before.hears('hello');
    await between.cut();
    const during = new Caller(near);
    await eventually(() => before.ended === 'closed' && during.ended === 'ENOENT', { what: 'both ends' });
    await between.heal();
    const muted = new Caller(near);
    await muted.hears('again');
    between.mute();
    await between.heal();
    await eventually(() => muted.ended === 'closed', { what: 'the end of one that lost something' });
    await between.close();
    await new Promise((resolve) => echo.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('keeps bytes in order while it is stalled, can say what waits, and brings them when healed', async () => {
    const caller = new Caller();
    await caller.says('hello');
    link.stall();
    caller.socket.write('one ');
    await eventually(() => link.holds('one'), { what: 'bytes that wait' });
    caller.socket.write('two');
    await eventually(() => link.holds('two'), { what: 'more of them' });
    expect(arrived).toBe('hello');
    await link.heal();
    await eventually(() => arrived === 'helloone two', { what: 'what waited' });
  });

  it('carries nothing on a half-open connection and tells neither end, while a new one works', async () => {
    const caller = new Caller();
    await caller.says('hello');
    link.halfOpen();
    caller.socket.write('nobody hears this');
    await new Caller().says('but this');
    expect([arrived, caller.heard, caller.ended]).toEqual(['hellobut this', 'echo hello', undefined]);
  });

  it('lets requests through and loses the answers while it is mute, and ends such connections when healed', async () => {
    link.mute();
    const caller = new Caller();
    caller.socket.write('done and not told');
    await eventually(() => arrived === 'done and not told', { what: 'the request' });
    await link.heal();
    await eventually(() => caller.ended !== undefined, { what: 'the end of what has a hole in it' });
    expect(caller.heard).toBe('');
  });
});
