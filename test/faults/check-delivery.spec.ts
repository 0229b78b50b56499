import { describe, expect, it } from '@jest/globals';
import type { CarrierFact } from './carrier-truth.js';
import { checkDelivery, type Evidence, type Findings, type Verdict } from './check-delivery.js';
import { isToTelephone, Journal, textOf, type Lane } from './journal.js';

const PHONE = '+14155550110';
const NATIVE: Lane = { name: 'ada to bob', journey: 'native', destination: 'bob', receivers: ['bob', 'ada-2'] };
const SMS: Lane = { name: 'ada to phone', journey: 'sms', destination: PHONE, receivers: ['ada-2'] };
const RCS_PHONE = '+14155560110';
const RCS: Lane = { name: 'ada to RCS phone', journey: 'rcs', destination: RCS_PHONE, receivers: ['ada-2'] };
const INBOUND: Lane = { name: 'phone to ada', journey: 'inbound', destination: 'ada', receivers: ['ada', 'ada-2'] };
const LANES = [NATIVE, SMS, RCS, INBOUND];
const EACH = 4;

/** A run in which everything went well, to plant one fault in. */
class Run {
  readonly journal = new Journal();
  carrier: CarrierFact[] = [];
  readonly verdicts = new Map<string, Verdict>();

  constructor() {
    for (const lane of LANES) {
      for (let number = 1; number <= EACH; number += 1) this.send(lane, number);
    }
  }

  check(): Findings {
    return checkDelivery(this satisfies Evidence);
  }

  say(lane: Lane, number: number, change: Partial<Verdict>): void {
    const text = textOf(lane, number);
    const fine = { stored: 'delivered', reason: null, shown: 'delivered', attempts: ['delivered'] };
    this.verdicts.set(text, { ...fine, ...change });
  }

  show(lane: Lane, number: number): void {
    const body = textOf(lane, number);
    const to = lane.destination;
    this.carrier.push({ at: new Date(0).toISOString(), event: 'shown', sid: 'SM', from: '+1', to, body });
  }

  /** As if it had never been there. */
  hide(place: string, lane: Lane, number: number): void {
    const text = textOf(lane, number);
    const { arrivals } = this.journal;
    const kept = arrivals.filter((arrival) => arrival.at !== place || arrival.text !== text);
    arrivals.splice(0, arrivals.length, ...kept);
    this.carrier = this.carrier.filter((fact) => fact.to !== place || fact.body !== text);
  }

  private send(lane: Lane, number: number): void {
    const text = textOf(lane, number);
    Object.assign(this.journal.offer({ lane, number, text, atMs: 0 }), { messageId: text, isAcknowledged: true });
    for (const at of lane.receivers) this.journal.arrive({ text, at, atMs: 1 });
    if (isToTelephone(lane)) this.show(lane, number);
    if (lane.journey !== 'inbound') this.say(lane, number, {});
  }
}

const violations = ({ lost, nativeDuplicates, inboundDuplicates, smsDuplicates, ...others }: Findings) => ({
  rcsDuplicates: others.rcsDuplicates,
  lost,
  nativeDuplicates,
  inboundDuplicates,
  smsDuplicates,
  unlabelledDuplicates: others.unlabelledDuplicates,
  outOfOrder: others.outOfOrder,
  neverTerminal: others.neverTerminal,
  untrue: others.untrue,
});
const NONE = violations(new Run().check());

/** What a plant changes, by the name of the finding. */
function found(plant: (run: Run) => void): Readonly<Record<string, number>> {
  const run = new Run();
  plant(run);
  const counts: Record<string, number> = {};
  for (const [name, { length }] of Object.entries(violations(run.check()))) if (length > 0) counts[name] = length;
  return counts;
}

describe('the checker of a fault run', () => {
  it('finds nothing where everything came once and in order', () => {
    const findings = new Run().check();
    expect(Object.values(NONE).flat()).toEqual([]);
    expect(findings).toMatchObject({ offered: 16, accepted: 16, delivered: 16, unconfirmed: 0, failed: {} });
  });

  it('finds a message that the tables call delivered and that no one got', () => {
    expect(found((run) => run.hide('bob', NATIVE, 2))).toEqual({ lost: 2 });
    expect(found((run) => run.hide(PHONE, SMS, 2))).toEqual({ lost: 1 });
  });

  it("finds one that is missing on a sender's other device, or on one of two that a telephone wrote to", () => {
    expect(found((run) => run.hide('ada-2', NATIVE, 3))).toEqual({ lost: 1 });
    expect(found((run) => run.hide('ada-2', INBOUND, 3))).toEqual({ lost: 1 });
  });

  it('finds an acknowledged message that the tables do not know', () => {
    const plant = (run: Run): void => {
      run.verdicts.delete(textOf(SMS, 1));
      run.hide(PHONE, SMS, 1);
    };
    expect(found(plant)).toEqual({ lost: 1, neverTerminal: 1 });
  });

  it('finds what was shown twice, natively and of what came in', () => {
    const again = (lane: Lane) => (run: Run) => run.journal.arrive({ text: textOf(lane, 2), at: 'ada-2', atMs: 9 });
    expect(found(again(NATIVE))).toEqual({ nativeDuplicates: 1 });
    expect(found(again(INBOUND))).toEqual({ inboundDuplicates: 1 });
  });

  it('tells a second copy of an SMS that its sender can know of from one that nobody told of', () => {
    const twice = (attempts: readonly string[]) => (run: Run) => {
      run.show(SMS, 4);
      run.say(SMS, 4, { attempts });
    };
    expect(found(twice(['delivered']))).toEqual({ smsDuplicates: 1, unlabelledDuplicates: 1 });
    expect(found(twice(['not-sent', 'delivered']))).toEqual({ smsDuplicates: 1, unlabelledDuplicates: 1 });
    expect(found(twice(['unconfirmed', 'delivered']))).toEqual({ smsDuplicates: 1 });
  });

  it('excuses no second copy on RCS, whatever its sender was told', () => {
    const twice = (run: Run): void => {
      run.show(RCS, 4);
      run.say(RCS, 4, { attempts: ['unconfirmed', 'delivered'] });
    };
    expect(found(twice)).toEqual({ rcsDuplicates: 1 });
  });

  it('finds two that changed places on a device and on a handset, and a gap is no disorder', () => {
    const swap = <Item>(items: Item[], one: number): void => {
      const [first, second] = items.splice(one, 2);
      if (first !== undefined && second !== undefined) items.splice(one, 0, second, first);
    };
    expect(found((run) => swap(run.carrier, 1))).toEqual({ outOfOrder: 1 });
    const native = (run: Run) =>
      run.journal.arrivals.sort((a, b) => Number(b.text === textOf(NATIVE, 3)) - Number(a.text === textOf(NATIVE, 3)));
    // #1 and #2 after #3, on both devices
    expect(found(native)).toEqual({ outOfOrder: 4 });
    const gap = (run: Run): void => {
      run.hide(PHONE, SMS, 2);
      run.say(SMS, 2, { stored: 'unconfirmed', shown: 'unconfirmed', attempts: ['unconfirmed'] });
    };
    expect(found(gap)).toEqual({});
  });

  it('finds a message without an end, and one whose end its sender was never told', () => {
    expect(found((run) => run.say(SMS, 1, { stored: 'sending', shown: 'sending' }))).toEqual({ neverTerminal: 1 });
    expect(found((run) => run.say(SMS, 1, { shown: 'sent' }))).toEqual({ neverTerminal: 1 });
  });

  it('finds a failure that is none, and counts one that is, by its reason', () => {
    const failed = { stored: 'failed', shown: 'failed', reason: 'blocked' };
    expect(found((run) => run.say(SMS, 1, failed))).toEqual({ untrue: 1 });
    const run = new Run();
    run.say(SMS, 1, failed);
    run.hide(PHONE, SMS, 1);
    expect(run.check()).toMatchObject({ failed: { blocked: 1 }, lost: [], untrue: [] });
  });
});
