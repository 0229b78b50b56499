import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { CausewayError, ProblemError, TrustError, type Device, type SendOptions } from '@causeway/client';
import type { SeededRandom } from '../support/seeded-random.js';
import { BRIDGE_NUMBERS, eventually } from '../support/world.js';
import type { FaultField } from './fault-field.js';
import { isToTelephone, Journal, textOf, type Lane } from './journal.js';

/** One lane and who writes on it. */
interface Stream {
  readonly lane: Lane;
  /** Resolves with what became of it at the door. */
  readonly submit: (text: string) => Promise<Submitted>;
}

type Submitted =
  | { readonly kind: 'taken'; readonly messageId?: string; readonly isAcknowledged: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** Milliseconds between the answer to one message of a lane and the next. */
export interface Pace {
  readonly leastMs: number;
  readonly mostMs: number;
}

const FOLLOW_MS = 100;
/** Many, each with little to do: a lane whose head is unknown waits, by rule, and the others show that the edge is well again. */
const TELEPHONES = 12;
/** Those whose person wrote back: conversations. To the others the spam guard may put messages off, and does while its store is away. */
const ANSWERING = 8;
/** Those who go on writing. */
const WRITING = 3;
const TELEPHONE_PAUSES = 3;
const RCS_PHONES = 4;
/** What was written before it is sealed and sent while processes die. */
const GRANT_WITHIN_MS = 20_000;
const phoneNumber = (index: number): string => `+1415555${String(2_000 + 37 * index)}`;
const rcsNumber = (index: number): string => `+1415556${String(2_000 + 37 * index)}`;

/**
 * People with real devices who write to each other and to telephones, and telephones that write back, each lane one message after the other
 * for as long as it runs. Everything both ends say goes into the journal.
 */
export class FaultLoad {
  readonly journal = new Journal();
  readonly devices = new Map<string, Device>();
  private readonly streams: Stream[] = [];
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];
  private readonly grants: (() => Promise<void>)[] = [];
  private following: NodeJS.Timeout | undefined;

  constructor(
    private readonly field: FaultField,
    private readonly random: SeededRandom,
  ) {
    // one of each lane that waits for its next message
    setMaxListeners(0, this.stopping.signal);
  }

  /**
   * Four people, one with two devices; six native lanes, two of which wait for a grant at first, twelve to telephones by SMS, four by RCS, three
   * from telephones.
   */
  async meet(): Promise<void> {
    const { world } = this.field;
    for (const name of ['ada', 'bob', 'cleo', 'dov']) this.watch(name, await world.register(name));
    this.watch('ada-2', await world.addDevice(this.device('ada'), 'ada-2'));
    for (const [from, to] of [
      ['ada', 'bob'],
      ['bob', 'ada'],
      ['cleo', 'dov'],
      ['dov', 'ada'],
    ] as const) {
      await this.befriend(from, to);
      this.native(from, to);
    }
    for (const [from, to] of [
      ['bob', 'cleo'],
      ['dov', 'bob'],
    ] as const) {
      this.native(from, to);
      this.grants.push(() => this.grant(from, to));
    }
    for (let index = 0; index < TELEPHONES; index += 1) {
      const from = ['ada', 'bob', 'cleo'][index % 3] ?? 'ada';
      const phone = phoneNumber(index);
      if (index < ANSWERING) {
        const bridge = await this.answered(phone, from);
        if (index < WRITING) this.inbound(phone, { to: from, bridge });
      }
      const onUnknown = index % 2 === 0 ? 'report' : 'resend';
      this.clear('sms', { from, phone }, { allowClear: ['sms'], onUnknown });
    }
    for (let index = 0; index < RCS_PHONES; index += 1) {
      const from = ['dov', 'ada'][index % 2] ?? 'dov';
      await this.answered(rcsNumber(index), from);
      this.clear('rcs', { from, phone: rcsNumber(index) }, { allowClear: ['rcs'] });
    }
  }

  /** Every lane begins, each at its own moment. */
  start({ leastMs, mostMs }: Pace): void {
    const nextPauseMs = (): number => this.random.between(leastMs, mostMs);
    for (const stream of this.streams) {
      const pauses = isToTelephone(stream.lane) ? TELEPHONE_PAUSES : 1;
      this.running.push(this.write(stream, () => pauses * nextPauseMs()));
    }
    this.running.push(...this.grants.map((grant) => pause(this.random.between(0, GRANT_WITHIN_MS)).then(grant)));
    this.following = setInterval(() => this.readHandsets(), FOLLOW_MS);
  }

  /** No new messages; resolves when each lane had its last answer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** Nothing more is taken in. */
  close(): void {
    clearInterval(this.following);
  }

  /** Handsets are read from the carrier's own log, as it grows. */
  readHandsets(): void {
    for (const { event, to, body, at } of this.field.truth.read())
      if (event === 'shown') this.journal.arrive({ text: body, at: to, atMs: Date.parse(at) });
  }

  device(name: string): Device {
    const device = this.devices.get(name);
    if (!device) throw new Error(`nobody is called ${name}`);
    return device;
  }

  /** What a lane's sender calls the message now: under another id if it had to take one. */
  senderOf(lane: Lane): Device {
    return this.device(lane.name.split(' ')[0] ?? '');
  }

  private watch(name: string, device: Device): void {
    this.devices.set(name, device);
    const { journal } = this;
    device.on('message', ({ text }) => {
      if (text !== undefined) journal.arrive({ text, at: name, atMs: Date.now() });
    });
    device.on('limited', () => (journal.slowed += 1));
    device.on('state', ({ messageId, state }) => {
      if (state.kind !== 'unsubmitted') journal.acknowledge(messageId);
    });
  }

  private async befriend(from: string, to: string): Promise<void> {
    await this.device(to).allow(this.device(from).address);
  }

  private async grant(from: string, to: string): Promise<void> {
    const accept = async (): Promise<boolean> => {
      const request = (await this.device(to).requests()).find((waiting) => waiting.from === this.device(from).address);
      if (request) await this.device(to).accept(request);
      return request !== undefined;
    };
    await eventually(() => accept().catch(() => false), { what: `a grant from ${to} to ${from}`, withinMs: 120_000 });
  }

  private native(from: string, to: string): void {
    const receivers = [...this.devicesOf(to), ...this.devicesOf(from).slice(1)];
    const lane: Lane = { name: `${from} to ${to}`, journey: 'native', destination: to, receivers };
    this.streams.push({ lane, submit: (text) => this.send(from, this.device(to).address, text, {}) });
  }

  private clear(
    journey: 'sms' | 'rcs',
    { from, phone }: { readonly from: string; readonly phone: string },
    options: SendOptions,
  ): void {
    const receivers = this.devicesOf(from).slice(1);
    const lane: Lane = { name: `${from} to ${phone}`, journey, destination: phone, receivers };
    this.streams.push({ lane, submit: (text) => this.send(from, `tel:${phone}`, text, options) });
  }

  /** A telephone can answer once it was written to: the bridge number says whom it means. Resolves with that when the answer is there. */
  private async answered(phone: string, by: string): Promise<string> {
    await this.device(by).send(`tel:${phone}`, 'first contact', { allowClear: ['sms'] });
    let bridge: string = BRIDGE_NUMBERS[0];
    await eventually(
      async () => {
        const [first] = await this.field.world.carrier.received(phone);
        bridge = first?.from ?? bridge;
        return first !== undefined;
      },
      { what: 'a first contact', withinMs: 60_000 },
    );
    const answer = `${phone} answers ${by}`;
    await this.field.world.carrier.write({ from: phone, to: bridge, text: answer });
    const isThere = (): boolean => this.journal.arrivals.some(({ text, at }) => text === answer && at === by);
    await eventually(isThere, { what: 'an answer', withinMs: 60_000 });
    return bridge;
  }

  private inbound(phone: string, { to, bridge }: { readonly to: string; readonly bridge: string }): void {
    const lane: Lane = {
      name: `${phone} to ${to}`,
      journey: 'inbound',
      destination: to,
      receivers: this.devicesOf(to),
    };
    const submit = async (text: string): Promise<Submitted> => {
      await this.field.world.carrier.write({ from: phone, to: bridge, text });
      return { kind: 'taken', isAcknowledged: true };
    };
    this.streams.push({ lane, submit });
  }

  private devicesOf(name: string): readonly string[] {
    return [...this.devices.keys()].filter((device) => device === name || device.startsWith(`${name}-`));
  }

  private async send(from: string, to: string, text: string, options: SendOptions): Promise<Submitted> {
    try {
      const { messageId, state } = await this.device(from).send(to, text, options);
      return { kind: 'taken', messageId, isAcknowledged: state.kind !== 'unsubmitted' };
    } catch (thrown) {
      if (thrown instanceof ProblemError || thrown instanceof CausewayError)
        return { kind: 'refused', reason: thrown.code };
      if (thrown instanceof TrustError) return { kind: 'refused', reason: thrown.name };
      throw thrown;
    }
  }

  private async write({ lane, submit }: Stream, nextPauseMs: () => number): Promise<void> {
    const { signal } = this.stopping;
    for (let number = 1; !signal.aborted; number += 1) {
      await pause(nextPauseMs(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const text = textOf(lane, number);
      const offer = this.journal.offer({ lane, number, text, atMs: Date.now() });
      const submitted = await submit(text);
      offer.answeredMs = Date.now();
      if (submitted.kind === 'refused') offer.refused = submitted.reason;
      else {
        offer.messageId = submitted.messageId;
        offer.isAcknowledged = submitted.isAcknowledged;
      }
    }
  }
}
