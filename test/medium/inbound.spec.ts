import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
import { DecideConsent, TakeReport, TellDevices, UpdateDevices, type ProvenReport } from '@causeway/people';
import { reportSchema, updateDevicesSchema, toWireJson } from '@causeway/api-contract';
import { Plaintext } from '@causeway/platform';
import { generateKeyPair, openAtDevice, verifyClearInbound } from '@causeway/signal-protocol';
import { ClearBridge } from '../support/clear-bridge.js';
import { must, type Person } from '../support/in-process.js';
import { Incoming } from '../support/incoming.js';
import { RawDevice } from '../support/raw-device.js';

let edge: ClearBridge;
let incoming: Incoming;
beforeAll(async () => {
  edge = await ClearBridge.open();
  incoming = new Incoming(edge);
}, 60_000);
afterAll(async () => edge.close());

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
    const { person, e164, to } = await incoming.writingTo();
    await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'win a prize')]);
    const stamp = must(readStampedBox(must((await incoming.boxesOf(person))[0]).body).stamp);
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
    const { person, e164 } = await incoming.writingTo();
    const picture = { url: new Plaintext('https://carrier.example/picture'), contentType: 'image/jpeg' };
    const event = { ...incoming.textFrom(e164, 'look'), media: [picture] };
    expect(await edge.acceptInbound.execute('sms', [event])).toEqual(['accepted']);
    const [row] = await incoming.boxesOf(person);
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
    const { person, e164, to } = await incoming.writingTo();
    const second = await addDevice(person);
    expect(await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'good morning')])).toEqual(['accepted']);
    for (const owner of [person, second]) {
      const [row] = await incoming.boxesOf(owner);
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
    const { person, e164 } = await incoming.writingTo();
    const text = incoming.textFrom(e164, 'once');
    const results = await Promise.all([1, 2, 3].map(() => edge.acceptInbound.execute('sms', [text])));
    expect(results.flat().toSorted()).toEqual(['accepted', 'repeated', 'repeated']);
    expect(await incoming.boxesOf(person)).toHaveLength(1);
  });

  it('keeps nothing of a text that belongs to no conversation', async () => {
    expect(await edge.acceptInbound.execute('sms', [incoming.textFrom('+14155559999', 'who are you')])).toEqual([
      'no-conversation',
    ]);
  });

  it('seals nothing to a device list that was rolled back', async () => {
    const { person, e164 } = await incoming.writingTo();
    await addDevice(person);
    await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'first')]);
    const { bytes, signature } = person.device.list();
    await edge.bridge.stores.database.query(
      'UPDATE registry.account SET device_list = $2, device_list_signature = $3 WHERE id = $1',
      person.caller.account,
      bytes,
      signature,
    );
    expect(await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'second')])).toEqual(['no-devices']);
  });

  it('brings HELP to the one it was written to, beside any answer the carrier gives', async () => {
    const { person, e164 } = await incoming.writingTo();
    const message = incoming.textFrom(e164, 'Help');
    const { externalId, from, to } = message;
    const results = await edge.acceptInbound.execute('sms', [message, { kind: 'help', externalId, from, to }]);
    expect(results).toEqual(['accepted', 'not-carried']);
    expect(await incoming.boxesOf(person)).toHaveLength(1);
  });

  it('hears STOP and START as consent, shows neither to the one they are about, and knows a replayed one', async () => {
    const { person, e164, to } = await incoming.writingTo();
    const stop = incoming.wordFrom(e164, 'STOP', { kind: 'opt-out', scope: 'pair' });
    expect(await edge.acceptInbound.execute('sms', stop)).toEqual(['consent-changed']);
    expect(await incoming.isOptedOut(to)).toBe(true);
    expect(
      await edge.acceptInbound.execute('sms', incoming.wordFrom(e164, 'START', { kind: 'opt-in', scope: 'pair' })),
    ).toEqual(['consent-changed']);
    expect(await edge.acceptInbound.execute('sms', stop)).toEqual(['repeated']);
    expect(await incoming.isOptedOut(to)).toBe(false);
    expect(await incoming.boxesOf(person)).toEqual([]);
  });
});
