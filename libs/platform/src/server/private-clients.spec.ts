import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayError } from '@causeway/message-model';
import { answerPrivately, type Answerer } from './answer-privately.js';
import { Events } from './events.js';
import { SILENT_LOGGER } from '../logger.js';
import { Metrics } from './metrics.js';
import { PrivateClients } from './private-clients.js';
import type { RpcAddress } from '../rpc-address.js';

describe('several processes any of which can answer', () => {
  let scratch = '';
  const closing: (() => unknown)[] = [];
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'causeway-any-'));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  const place = (name: string): RpcAddress => ({ kind: 'socket', path: join(scratch, `${name}.sock`) });
  async function serve(name: string, answer: Answerer = async () => name): Promise<{ close(): Promise<void> }> {
    const where = { address: place(name), tls: undefined };
    const door = await answerPrivately(where, { who: answer }, new Events(SILENT_LOGGER, new Metrics()));
    closing.push(() => door.close());
    return door;
  }
  function clients(preference: 'in-turn' | 'last-good', ...names: readonly string[]): PrivateClients {
    const made = new PrivateClients(names.map(place), undefined, preference);
    closing.push(() => made.close());
    return made;
  }
  const soon = { timeoutMs: 3_000 };
  const ask = async (asked: PrivateClients, times: number): Promise<unknown[]> => {
    const answers = [];
    for (let time = 0; time < times; time += 1) answers.push(await asked.ask('who', {}, soon));
    return answers;
  };

  it('each get their share', async () => {
    for (const name of ['a', 'b', 'c']) await serve(name);
    expect(await ask(clients('in-turn', 'a', 'b', 'c'), 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('are followed by the next when they are gone, and asked again when they are back', async () => {
    const first = await serve('d');
    await serve('e');
    const asked = clients('last-good', 'd', 'e');
    expect(await ask(asked, 2)).toEqual(['d', 'd']);
    await first.close();
    expect(await ask(asked, 2)).toEqual(['e', 'e']);
  });

  it('are not asked further once one of them refuses: that is an answer', async () => {
    const heard: string[] = [];
    await serve('f', () => Promise.reject(new CausewayError('no-consent')));
    await serve('g', async () => void heard.push('g'));
    await expect(clients('in-turn', 'f', 'g').ask('who', {}, soon)).rejects.toMatchObject({ code: 'no-consent' });
    expect(heard).toEqual([]);
  });

  it('cost a time-out once, not with every question, when one hangs', async () => {
    let hangs = 0;
    await serve('h', () => new Promise(() => (hangs += 1)));
    await serve('i');
    const asked = clients('in-turn', 'h', 'i');
    for (let time = 0; time < 4; time += 1) expect(await asked.ask('who', {}, { timeoutMs: 300 })).toBe('i');
    expect(hangs).toBe(1);
  });

  it('are unavailable when none is there', async () => {
    await expect(clients('in-turn', 'x', 'y').ask('who', {}, soon)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
