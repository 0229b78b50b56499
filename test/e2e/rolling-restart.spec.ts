import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultsAtDevices, readHandset } from '../support/delivery-check.js';
import type { RunningProcess } from '../support/running-process.js';
import { Acknowledgements, Recorder, textOf, type Conversation } from '../support/traffic.js';
import { WideWorld } from '../support/wide-world.js';
import { eventually } from '../support/world.js';

const DRAINS_WITHIN_MS = 10_000;
const QUIET_BETWEEN_MS = 500;
/** Carrier calls that are under way when the edge is told to stop. */
const SLOW = { mode: 'slow', delayMs: 1_500, count: 1_000_000 } as const;

let wide: WideWorld;
beforeAll(async () => {
  wide = await WideWorld.start({ gateways: 2, workers: 2 });
}, 120_000);
afterAll(async () => wide.close(), 30_000);

/** Sends on and on, each message after the answer to the one before, until told to stop. */
class Stream {
  readonly acknowledgements = new Acknowledgements();
  readonly failures: unknown[] = [];
  count = 0;
  private isOver = false;
  private readonly running: Promise<void>;

  constructor(readonly conversation: Conversation) {
    this.running = this.run();
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      this.count += 1;
      await this.acknowledgements
        .submit(this.conversation, { from: this.count, to: this.count })
        .catch((thrown: unknown) => this.failures.push(thrown));
      await pause(20);
    }
  }
}

describe('a rolling restart under load', () => {
  it('drains each process within ten seconds, fails no send, loses nothing and repeats nothing', async () => {
    const people = await Promise.all(
      ['ada', 'bob', 'cleo', 'dov'].map(
        async (name) => new Recorder(name, await wide.world.register(name, wide.balancer.url)),
      ),
    );
    const told: string[] = [];
    for (const { name, device } of people) {
      device.on('problem', ({ error }) => void told.push(`${name}: ${String(error)}`));
      device.on('limited', ({ sentence }) => void told.push(`${name}: ${sentence}`));
    }
    const native = people.flatMap((from, index): Conversation[] => {
      const to = people[(index + 1) % people.length];
      const name = `${from.name} to ${to?.name}`;
      return to ? [{ name, sender: from.device, to: to.device.address, receivers: [to], options: {} }] : [];
    });
    for (const [index, each] of native.entries()) await knowEachOther(each, people[(index + 1) % people.length]);
    const clear = people.map((from, index): Conversation => {
      const to = `tel:+1415555012${index}`;
      return {
        name: `${from.name} to ${to}`,
        sender: from.device,
        to,
        receivers: [],
        options: { allowClear: ['sms'] },
      };
    });
    await wide.world.carrier.fault(SLOW);
    const streams = [...native, ...clear].map((each) => new Stream(each));
    await eventually(() => streams.every(({ count }) => count > 5), { what: 'load on every stream', withinMs: 60_000 });

    const drains: string[] = [];
    const restart = async (name: string, running: RunningProcess | undefined): Promise<void> => {
      await pause(QUIET_BETWEEN_MS);
      drains.push(`${name} ${await drain(running)} ms`);
      await running?.start();
    };
    for (const [index, gateway] of wide.gateways.entries()) await restart(`gateway ${index + 1}`, gateway);
    for (const [index, worker] of wide.workers.entries()) await restart(`worker ${index + 1}`, worker);
    await restart('edge', wide.world.edge);
    await Promise.all(streams.map((stream) => stream.end()));
    await clearFaults();

    expect(streams.flatMap(({ failures }) => failures)).toEqual([]);
    const unanswered = streams.map(({ acknowledgements }) => acknowledgements.unanswered);
    const onNative = unanswered.slice(0, native.length);
    const why = onNative.every((count) => count === 0) ? [] : told;
    expect({ unanswered: onNative, why }).toEqual({ unanswered: native.map(() => 0), why: [] });
    for (const { conversation, count } of streams) await arrivesOnce(conversation, count);

    // the pretend carrier keeps what it has in memory, so it goes last, with calls under way
    await wide.world.carrier.fault(SLOW);
    await Promise.all(clear.map(({ sender, to }) => sender.send(to, 'the last', { allowClear: ['sms'] })));
    drains.push(`simulator ${await drain(wide.world.simulator)} ms`);
    const sent = streams.reduce((sum, { count }) => sum + count, 0);
    process.stdout.write(
      `rolling-restart: ${sent} messages in ${streams.length} conversations, failed 0, SMS unanswered at first ${unanswered.slice(native.length).join('+')}, lost 0, twice 0; ${drains.join(', ')}\n`,
    );
  }, 240_000);
});

/** Both wrote, so that the spam guard, which may put off who writes to somebody new, has no say in what is counted here. */
async function knowEachOther({ sender }: Conversation, peer: Recorder | undefined): Promise<void> {
  await peer?.device.allow(sender.address);
  for (const [from, to] of [
    [sender, peer?.device],
    [peer?.device, sender],
  ])
    if (from && to) expect((await from.send(to.address, 'hello')).state.kind).not.toBe('unsubmitted');
}

/** From the signal to the end of the process, which has to say that it ended well. */
async function drain(running: RunningProcess | undefined): Promise<number> {
  const beganMs = Date.now();
  expect(await running?.stop('SIGTERM')).toBe(0);
  const tookMs = Date.now() - beganMs;
  expect(tookMs).toBeLessThan(DRAINS_WITHIN_MS);
  return tookMs;
}

async function arrivesOnce({ name, to, receivers }: Conversation, count: number): Promise<void> {
  const last = textOf(name, count);
  if (receivers.length > 0) {
    await eventually(() => receivers.every(({ shown }) => shown.some(({ text }) => text === last)), {
      what: last,
      withinMs: 60_000,
    });
    expect(faultsAtDevices(name, count, receivers)).toEqual([]);
    return;
  }
  const onHandset = () => wide.world.carrier.received(to.slice('tel:'.length));
  await eventually(async () => (await onHandset()).some(({ body }) => body === last), { what: last, withinMs: 90_000 });
  expect(readHandset(name, count, await onHandset())).toEqual({ faults: [], repeated: [] });
}

async function clearFaults(): Promise<void> {
  expect((await fetch(`${wide.world.carrier.url}/faults`, { method: 'DELETE' })).status).toBe(204);
}
