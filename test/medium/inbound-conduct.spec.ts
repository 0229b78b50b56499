import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayError, mintAliasCode, mintAliasId } from '@causeway/message-model';
import {
  AcceptInbound,
  bridgeNumbersById,
  FallBack,
  FindVerifiedDevices,
  RecordOutcome,
  RecordReceipt,
  type EdgeContext,
} from '@causeway/message-flow/edge';
import { Plaintext } from '@causeway/platform';
import { ClearBridge } from '../support/clear-bridge.js';
import { must, TENANT, type Person } from '../support/in-process.js';
import { Incoming } from '../support/incoming.js';

/** A telephone knows one account by one bridge number: to reach many it needs many. */
const BRIDGES = Array.from({ length: 30 }, (_, index) => `+1415666${String(1_000 + index)}`);

let edge: ClearBridge;
let incoming: Incoming;
let accept: AcceptInbound;
const everybody: { readonly person: Person; readonly code: string; readonly bridge: string }[] = [];
beforeAll(async () => {
  edge = await ClearBridge.open();
  incoming = new Incoming(edge);
  accept = acceptOn({ ...edge.context, bridgeNumbers: bridgeNumbersById(BRIDGES) });
  for (const bridge of BRIDGES) {
    const person = await edge.bridge.person('seller');
    const code = mintAliasCode();
    const createdAt = edge.bridge.clock.now();
    const alias = { alias: mintAliasId(), code, kind: 'listing', createdAt, expiresAt: null } as const;
    await edge.bridge.stores.aliases.create(person.caller, alias);
    everybody.push({ person, code, bridge });
  }
}, 60_000);
afterAll(async () => edge.close());

function acceptOn(context: EdgeContext): AcceptInbound {
  const outcome = new RecordOutcome(context);
  const receipt = new RecordReceipt(context, outcome, new FallBack(context, outcome));
  return new AcceptInbound(context, new FindVerifiedDevices(context), receipt, outcome, TENANT);
}

/** A number that is somebody else's later. */
const ring = '+14155570001';

/** The first text of a telephone to somebody whose code it found. */
async function writes(e164: string, { code, bridge }: (typeof everybody)[number]) {
  edge.bridge.clock.advanceSeconds(20);
  const text = { ...incoming.textFrom(e164, ''), to: bridge, text: new Plaintext(`${code} call me back`) };
  const [result] = await accept.execute('sms', [text]);
  return result;
}

describe('a telephone that writes to one person after the other', () => {
  it('reaches no twenty of them; what is withheld lies nowhere, and the carrier is answered as ever', async () => {
    const results: Awaited<ReturnType<typeof writes>>[] = [];
    for (const one of everybody) results.push(await writes(ring, one));
    const reached = results.filter((result) => result === 'accepted').length;
    expect(reached).toBeGreaterThanOrEqual(10);
    expect(reached).toBeLessThan(20);
    expect(results.slice(reached)).toEqual(results.slice(reached).map(() => 'withheld'));
    for (const [index, { person }] of everybody.entries())
      expect(await incoming.boxesOf(person)).toHaveLength(index < reached ? 1 : 0);
  }, 60_000);

  it('holds up no other telephone, nor one whose owner was written to first', async () => {
    expect(await writes('+14155570002', must(everybody.at(-1)))).toBe('accepted');
    const { person, e164, to } = await incoming.writingTo();
    await edge.send(person, to, 'hello');
    expect(await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'hello yourself')])).toEqual(['accepted']);
  });
});

describe('pumping: an account that writes to numbers in a row', () => {
  it('is stopped within twenty numbers and spends nothing more, while its conversation goes on', async () => {
    await edge.bridge.keys.tick();
    const mallory = await edge.bridge.person('mallory');
    const friend = await edge.contact(mallory, '+14155580001');
    await edge.send(mallory, friend, 'hello');
    await edge.acceptInbound.execute('sms', [incoming.textFrom('+14155580001', 'hello yourself')]);
    const spent = async () => (await edge.bridge.charge.shown(TENANT))[0]?.messages ?? 0;
    const spentBefore = await spent();
    let sent = 0;
    for (let row = 0; row < 30; row += 1) {
      edge.bridge.clock.advanceSeconds(90);
      await edge.bridge.keys.tick();
      const to = await edge.contact(mallory, `+1415559${String(1_000 + row)}`);
      try {
        await edge.send(mallory, to, 'call +900 555');
        sent += 1;
      } catch (thrown) {
        if (!(thrown instanceof CausewayError)) throw thrown;
        expect(thrown.code).toBe('abnormal-usage-detected');
      }
    }
    expect(sent).toBeLessThan(20);
    expect(await spent()).toBe(spentBefore + sent);
    await edge.send(mallory, friend, 'still there?');
  }, 60_000);
});

describe('two weeks later', () => {
  it('the number is a stranger again: a new owner is not held for who had it', async () => {
    edge.bridge.clock.advanceSeconds(15 * 86_400);
    await edge.bridge.keys.tick();
    expect(await writes(ring, must(everybody.at(-1)))).toBe('accepted');
  });
});
