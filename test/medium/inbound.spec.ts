import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  plainTextOf,
  decodeContent,
  messageIdOf,
  parseDeviceId,
  toBase64Url,
  transitIdRandom,
  type BoxId,
} from '@causeway/message-model';
import { readStampedBox } from '@causeway/message-flow';
import {
  AcceptInbound,
  FallBack,
  FindVerifiedDevices,
  RecordOutcome,
  RecordReceipt,
  SweepInbound,
} from '@causeway/message-flow/edge';
import { PurgeBrake } from '@causeway/retention';
import { canListReceived, type ConsentWord, type InboundEvent, type InboundMessage } from '@causeway/network-adapter';
import { DecideConsent, TakeReport, TellDevices, UpdateDevices, type ProvenReport } from '@causeway/people';
import { reportSchema, updateDevicesSchema, toWireJson } from '@causeway/api-contract';
import { Plaintext } from '@causeway/platform';
import { generateKeyPair, openAtDevice, verifyClearInbound } from '@causeway/signal-protocol';
import { BRIDGE, ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, TENANT, type Person } from '../support/in-process.js';
import { RawDevice } from '../support/raw-device.js';

let edge: ClearBridge;
beforeAll(async () => {
  edge = await ClearBridge.open();
}, 60_000);
afterAll(async () => edge.close());

let phones = 0;
async function writingTo() {
  phones += 1;
  const person = await edge.bridge.person('ada');
  const e164 = `+1415555${String(2_000 + phones)}`;
  return { person, e164, to: await edge.contact(person, e164) };
}

let texts = 0;
function textFrom(e164: string, text: string): InboundMessage {
  texts += 1;
  const externalId = `SM${String(texts).padStart(32, '0')}`;
  const receivedAtMs = edge.bridge.clock.nowMs();
  return {
    kind: 'message',
    externalId,
    from: new Plaintext(e164),
    to: BRIDGE,
    text: new Plaintext(text),
    media: [],
    receivedAtMs,
  };
}

/** A consent word as the adapter reads it: the message, and what it says. */
const wordFrom = (e164: string, text: string, word: Pick<ConsentWord, 'kind' | 'scope'>): readonly InboundEvent[] => {
  const message = textFrom(e164, text);
  const { externalId, from, to } = message;
  return [message, { externalId, from, to, ...word }];
};

const boxesOf = async (person: Person) => (await edge.bridge.inbox(person)).filter(({ kind }) => kind === 'box');

const isOptedOut = async (contact: {
  readonly contact: Parameters<typeof edge.context.contacts.sealed>[1];
}): Promise<boolean> => must(await edge.context.contacts.sealed(TENANT, contact.contact)).isOptedOut;

/** A second device on the person's signed list, with its own seal key. */
async function addDevice(person: Person) {
  const second = new RawDevice('', 'second');
  const deviceId = must(parseDeviceId(2));
  const sealed = { sealKeyNotAfter: 4_000_000_000 };
  const rows = [
    {
      ...sealed,
      deviceId: person.device.deviceId,
      registrationId: person.device.registrationId,
      identityKey: person.device.identity.publicKey,
      sealKeyId: 1,
      sealKey: person.device.seal.publicKey,
    },
    {
      ...sealed,
      deviceId,
      registrationId: second.registrationId,
      identityKey: second.identity.publicKey,
      sealKeyId: 1,
      sealKey: second.seal.publicKey,
    },
  ];
  const request = {
    deviceList: person.device.list({ version: 2, devices: rows }),
    added: [{ ...second.keys(), deviceId }],
  };
  const { accounts, preKeys } = edge.bridge.stores;
  await new UpdateDevices(accounts, preKeys, edge.bridge.clock).execute(
    person.caller,
    updateDevicesSchema.parse(JSON.parse(toWireJson(request))),
  );
  return { ...person, caller: { ...person.caller, device: deviceId }, device: second };
}

describe('AcceptInbound', () => {
  it('stamps what comes, so that its recipient can report it on the carrier’s word and nobody else can', async () => {
    const { person, e164, to } = await writingTo();
    await edge.acceptInbound.execute('sms', [textFrom(e164, 'win a prize')]);
    const stamp = must(readStampedBox(must((await boxesOf(person))[0]).body).stamp);
    const { consents, reports, accounts } = edge.bridge.stores;
    const heard: ProvenReport[] = [];
    const decide = new DecideConsent(
      consents,
      new TellDevices(
        accounts,
        edge.bridge.stores.inbox,
        edge.bridge.stores.partitions,
        edge.bridge.clock,
        edge.bridge.retention.book,
      ),
      edge.bridge.clock,
      edge.bridge.stores.contacts,
      edge.bridge.conduct,
    );
    const take = new TakeReport(
      edge.bridge.reportKeys,
      reports,
      accounts,
      decide,
      async (report) => void heard.push(report),
    );
    const request = reportSchema.parse({
      token: toBase64Url(stamp.token),
      messageId: stamp.messageId,
      sender: { kind: 'contact', contact: to.contact },
    });
    const other = await edge.bridge.person('eve');
    await expect(take.execute(other.caller, request)).rejects.toMatchObject({ code: 'report-not-genuine' });
    await expect(take.execute(person.caller, { ...request, block: true })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(await take.execute(person.caller, request)).toEqual({ assurance: 'carrier', words: 'none', blocked: false });
    expect(heard).toEqual([
      expect.objectContaining({ sender: to.contact, weight: 1, reporters: { distinct: 1, weighted: 1 } }),
    ]);
  });

  it('says so when an attachment was not carried over, rather than leaving it out in silence', async () => {
    const { person, e164 } = await writingTo();
    const picture = { url: new Plaintext('https://carrier.example/picture'), contentType: 'image/jpeg' };
    const event = { ...textFrom(e164, 'look'), media: [picture] };
    expect(await edge.acceptInbound.execute('sms', [event])).toEqual(['accepted']);
    const [row] = await boxesOf(person);
    const { tenant, account, device } = person.caller;
    const context = { tenant, account, device, sealKeyId: 1, boxId: transitIdRandom(must(row).id) as BoxId };
    const body = openAtDevice({
      context,
      sealPrivateKey: person.device.seal.privateKey,
      box: readStampedBox(must(row).body).box,
    });
    if (body?.leg !== 'clear') throw new Error('it does not open');
    expect(plainTextOf(decodeContent(body.content, edge.bridge.clock.nowMs()))).toBe(
      'look\n[Attachment not carried over: image/jpeg; no longer there]',
    );
  });

  it('seals a text to every device of the account it is for, vouched for by the edge', async () => {
    const { person, e164, to } = await writingTo();
    const second = await addDevice(person);
    expect(await edge.acceptInbound.execute('sms', [textFrom(e164, 'good morning')])).toEqual(['accepted']);
    for (const owner of [person, second]) {
      const [row] = await boxesOf(owner);
      const { tenant, account, device } = owner.caller;
      const context = { tenant, account, device, sealKeyId: 1, boxId: transitIdRandom(must(row).id) as BoxId };
      const body = openAtDevice({
        context,
        sealPrivateKey: owner.device.seal.privateKey,
        box: readStampedBox(must(row).body).box,
      });
      if (body?.leg !== 'clear') throw new Error('it does not open');
      expect(verifyClearInbound(body, context, edge.bridge.keys.identityPublicKey)).toBe(true);
      expect(verifyClearInbound(body, context, generateKeyPair().publicKey)).toBe(false);
      expect(body).toMatchObject({
        network: 'sms',
        contactId: to.contact,
        conversationId: to.conversation,
        senderUri: `tel:${e164}`,
      });
      expect(plainTextOf(decodeContent(body.content, edge.bridge.clock.nowMs()))).toBe('good morning');
      expect(
        messageIdOf({
          content: body.content,
          senderUri: body.senderUri,
          roomUri: `mimi://causeway.local/r/${to.conversation}`,
        }),
      ).toBe(body.messageId);
    }
    expect(edge.bridge.wokenDevices).toContainEqual(
      expect.objectContaining({ account: person.caller.account, device: 2 }),
    );
  });

  it('stores a text once, however often and however much at once the network tells of it', async () => {
    const { person, e164 } = await writingTo();
    const text = textFrom(e164, 'once');
    const results = await Promise.all([1, 2, 3].map(() => edge.acceptInbound.execute('sms', [text])));
    expect(results.flat().toSorted()).toEqual(['accepted', 'repeated', 'repeated']);
    expect(await boxesOf(person)).toHaveLength(1);
  });

  it('keeps nothing of a text that belongs to no conversation', async () => {
    expect(await edge.acceptInbound.execute('sms', [textFrom('+14155559999', 'who are you')])).toEqual([
      'no-conversation',
    ]);
  });

  it('seals nothing to a device list that was rolled back', async () => {
    const { person, e164 } = await writingTo();
    await addDevice(person);
    await edge.acceptInbound.execute('sms', [textFrom(e164, 'first')]);
    const { bytes, signature } = person.device.list();
    await edge.bridge.stores.database.query(
      'UPDATE registry.account SET device_list = $2, device_list_signature = $3 WHERE id = $1',
      person.caller.account,
      bytes,
      signature,
    );
    expect(await edge.acceptInbound.execute('sms', [textFrom(e164, 'second')])).toEqual(['no-devices']);
  });

  it('brings HELP to the one it was written to, beside any answer the carrier gives', async () => {
    const { person, e164 } = await writingTo();
    const message = textFrom(e164, 'Help');
    const { externalId, from, to } = message;
    const results = await edge.acceptInbound.execute('sms', [message, { kind: 'help', externalId, from, to }]);
    expect(results).toEqual(['accepted', 'not-carried']);
    expect(await boxesOf(person)).toHaveLength(1);
  });

  it('hears STOP and START as consent, shows neither to the one they are about, and knows a replayed one', async () => {
    const { person, e164, to } = await writingTo();
    const stop = wordFrom(e164, 'STOP', { kind: 'opt-out', scope: 'pair' });
    expect(await edge.acceptInbound.execute('sms', stop)).toEqual(['consent-changed']);
    expect(await isOptedOut(to)).toBe(true);
    expect(await edge.acceptInbound.execute('sms', wordFrom(e164, 'START', { kind: 'opt-in', scope: 'pair' }))).toEqual(
      ['consent-changed'],
    );
    expect(await edge.acceptInbound.execute('sms', stop)).toEqual(['repeated']);
    expect(await isOptedOut(to)).toBe(false);
    expect(await boxesOf(person)).toEqual([]);
  });
});

describe('SweepInbound', () => {
  it('brings what came while no webhook was taken, consent words too, once', async () => {
    const { person, e164, to } = await writingTo();
    edge.bridge.clock.set(Date.now());
    for (const body of ['lost on the way', 'STOP'])
      await edge.twilio.post(`/handsets/${e164}/messages`, { to: BRIDGE, body });
    await eventually(async () => {
      await edge.sweepInbound.execute();
      return (await isOptedOut(to)) ? true : undefined;
    });
    await edge.sweepInbound.execute();
    expect(await boxesOf(person)).toHaveLength(1);
  });

  it('lets one message that cannot be taken keep no other back', async () => {
    const { person, e164 } = await writingTo();
    const messages = [
      { ...textFrom(e164, 'poison'), from: new Plaintext('not a number') },
      textFrom(e164, 'the one after it'),
    ];
    const sms = must(edge.context.adapters.get('sms'));
    if (!canListReceived(sms)) throw new Error('the adapter lists nothing');
    const listing = jest.spyOn(sms, 'listReceived').mockResolvedValue({ kind: 'messages', messages });
    const failing = {
      execute: async (network: string, events: readonly InboundEvent[]) => {
        if (events.some((event) => event.kind === 'message' && event.text.reveal() === 'poison'))
          throw new Error('poison');
        return edge.acceptInbound.execute(network, events);
      },
    };
    await new SweepInbound(edge.context, failing).execute();
    listing.mockRestore();
    expect(await boxesOf(person)).toHaveLength(1);
  });
});

describe('what waits for a device', () => {
  it('waits as long as the person and the conversation want it, and no longer', async () => {
    const { person, e164, to } = await writingTo();
    const waits = async () => {
      const [row] = await boxesOf(person);
      const rows = await edge.bridge.stores.database.query<{ expiresAt: Date }>(
        'SELECT expires_at AS "expiresAt" FROM transit.inbox WHERE id = $1',
        must(row).id,
      );
      return (must(rows[0]).expiresAt.getTime() - edge.bridge.clock.nowMs()) / 1000;
    };
    const { book } = edge.bridge.retention;
    await edge.acceptInbound.execute('sms', [textFrom(e164, 'for a week')]);
    expect(await waits()).toBe(7 * 86_400);
    await edge.bridge.acknowledge.execute(person.caller, [must((await boxesOf(person))[0]).id]);
    await book.ask(
      { ...person.caller, conversation: to.conversation },
      { class: 'undelivered-envelope', keepSeconds: 60 },
    );
    await edge.acceptInbound.execute('sms', [textFrom(e164, 'for a minute')]);
    expect(await waits()).toBe(60);
    await book.ask(
      { ...person.caller, conversation: to.conversation },
      { class: 'undelivered-envelope', keepSeconds: null },
    );
  });
});

describe('while the purge is more than an hour behind', () => {
  const HOUR_MS = 3_600_000;
  /** Looks at the database anew, as a process does every few seconds. */
  function looking() {
    const { stores, clock, retention } = edge.bridge;
    const brake = new PurgeBrake(stores.partitions, clock);
    const context = { ...edge.context, retention: { book: retention.book, brake } };
    const outcome = new RecordOutcome(context);
    const receipt = new RecordReceipt(context, outcome, new FallBack(context, outcome));
    const accept = new AcceptInbound(context, new FindVerifiedDevices(context), receipt, outcome, TENANT);
    return { accept, sweep: new SweepInbound(context, accept) };
  }
  async function fallBehind() {
    const { stores, clock } = edge.bridge;
    const hour = Math.floor(clock.nowMs() / HOUR_MS);
    const caughtUp = async () => void (await stores.partitions.dropPast(hour - 1, clock.now()));
    await caughtUp();
    await stores.partitions.ensure('i', hour - 3);
    return caughtUp;
  }

  it('stores no words, hears STOP all the same, and the sweep brings the words once it has caught up', async () => {
    const { person, e164, to } = await writingTo();
    edge.bridge.clock.set(Date.now());
    const caughtUp = await fallBehind();
    await edge.twilio.post(`/handsets/${e164}/messages`, { to: BRIDGE, body: 'too early' });
    const refused = looking();
    expect(await refused.accept.execute('sms', [textFrom(e164, 'too early too')])).toEqual(['purge-behind']);
    expect(await refused.accept.execute('sms', wordFrom(e164, 'STOP', { kind: 'opt-out', scope: 'pair' }))).toEqual([
      'consent-changed',
    ]);
    expect(await isOptedOut(to)).toBe(true);
    await refused.sweep.execute();
    expect(await boxesOf(person)).toEqual([]);
    await caughtUp();
    await eventually(async () => {
      await looking().sweep.execute();
      return (await boxesOf(person)).length === 1 ? true : undefined;
    });
  });
});

describe('ReSealNumbers', () => {
  it('seals numbers again after the key changed, and destroys the old key once no open attempt needs it', async () => {
    const { person, e164, to } = await writingTo();
    const { bridge } = edge;
    const sent = await edge.send(person, to, 'before the key changed');
    await edge.drain(sent.lane);
    bridge.clock.advanceSeconds(31 * 24 * 3_600);
    await bridge.keys.tick();
    // edges that borrowed the old key may still seal with it
    expect(bridge.keys.replacedAddressKeyIds).toEqual([]);
    bridge.clock.advanceSeconds(10 * 60);
    await bridge.keys.tick();
    const [old] = bridge.keys.replacedAddressKeyIds;
    expect(await edge.reSeal.execute()).toEqual([]);
    await edge.context.attempts.close({ ref: sent.ref, attempt: 1 });
    expect(await edge.reSeal.execute()).toEqual([must(old)]);
    // nothing is taken in while the purge is a month behind
    await bridge.stores.partitions.dropPast(Math.floor(bridge.clock.nowMs() / 3_600_000), bridge.clock.now());
    expect(await edge.acceptInbound.execute('sms', [textFrom(e164, 'still known')])).toEqual(['accepted']);
    expect((await edge.contact(person, e164)).contact).toBe(to.contact);
    const later = await edge.send(person, to, 'after the key changed');
    await edge.drain(later.lane);
    expect(await edge.received(e164, 2)).toEqual(['before the key changed', 'after the key changed']);
  });
});
