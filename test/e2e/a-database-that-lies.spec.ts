import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintContactId, mintConversationId, toBytes } from '@causeway/message-model';
import { signStatement, type SignedStatement } from '@causeway/signal-protocol';
import { draftOf, signedBy, statementFor, type ClearDraft, type RawContact } from '../support/clear-message.js';
import { ClearWorld, REFUSED, RETURNED } from '../support/clear-world.js';
import { type DatabaseAccess } from '../support/database-access.js';
import { writePastTheDoor, type Forgery } from '../support/past-the-door.js';
import { inSeconds, RawDevice } from '../support/raw-device.js';
import { eventually, type World } from '../support/world.js';

const PHONE = '+14155550141';
const OTHER_PHONE = '+14155550142';

let lot: ClearWorld;
let world: World;
let database: DatabaseAccess;
let ada: RawDevice;
let eve: RawDevice;
let contact: RawContact;
let other: RawContact;

beforeAll(async () => {
  lot = await ClearWorld.start([PHONE, OTHER_PHONE]);
  ({ world, database, ada, eve, contact, other } = lot);
}, 90_000);
afterAll(async () => lot.close(), 30_000);

describe('a database that lies', () => {
  const honest = (changes: Partial<ClearDraft> = {}): Forgery & { readonly statement: SignedStatement } => {
    const message = lot.draft(changes);
    return { draft: message, statement: signedBy(ada, statementFor(ada, message)) };
  };

  it.each([
    ['another contact', () => ({ contact_id: other.contact }), REFUSED],
    ['another sender', () => ({ account_id: eve.account }), REFUSED],
    ['a later deadline', () => ({ deliver_before: new Date(inSeconds(7200) * 1000) }), REFUSED],
    ['a network that nobody serves', () => ({ networks: ['rcs'] }), RETURNED],
    ['another plan', () => ({ plan_digest: 'AAAA' }), RETURNED],
    ['another leg key', () => ({ edge_key_id: 'short-0' }), RETURNED],
    ['a second network', () => ({ networks: ['sms', 'rcs'] }), REFUSED],
    ['another message', () => ({ message_id: Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]) }), REFUSED],
  ] as const)('and names %s for an honest body sends nothing', async (_, columns, state) => {
    const before = await lot.creates();
    const forgery = honest();
    const id = await writePastTheDoor(ada, database, { ...forgery, columns: columns() });
    const read = async () => (await database.rows('SELECT state, reason FROM transit.message WHERE id = $1', id))[0];
    await eventually(async () => (await read())?.['state'] !== 'ready');
    expect(await read()).toEqual({ state: state.kind, reason: state.reason });
    expect(await lot.creates()).toBe(before);
    // what waits for its sender would hold the next ones up
    await ada.call('DELETE', `/v1/messages/${id}`);
  });

  it('and points a contact at another number sends nothing to either', async () => {
    const before = await lot.creates();
    const rows = await database.rows(
      'SELECT id, sealed_number FROM registry.contact WHERE id IN ($1, $2)',
      contact.contact,
      other.contact,
    );
    const numberOf = (id: string) => rows.find((row) => row['id'] === id)?.['sealed_number'];
    const point = (id: string, number: unknown) =>
      database.rows('UPDATE registry.contact SET sealed_number = $2 WHERE id = $1', id, number);
    await point(contact.contact, numberOf(other.contact));
    const { draft: message, statement } = honest();
    const answer = await lot.submit(message, statement);
    await lot.expectNothingWent(String(answer.document['id']), before, REFUSED);
    await point(contact.contact, numberOf(contact.contact));
  });

  it('and gives a contact’s whole row to another contact sends nothing to either', async () => {
    const before = await lot.creates();
    const rename = (
      from: Pick<RawContact, 'contact'>,
      to: { readonly contact: string; readonly conversation: string },
    ) =>
      database.rows(
        'UPDATE registry.contact SET id = $2, conversation_id = $3 WHERE id = $1',
        from.contact,
        to.contact,
        to.conversation,
      );
    const aside = { ...contact, contact: mintContactId(), conversation: mintConversationId() };
    const swap = async (): Promise<void> => {
      await rename(contact, aside);
      await rename(other, contact);
      await rename(aside, other);
    };
    await swap();
    const { draft: message, statement } = honest();
    const id = await writePastTheDoor(ada, database, { draft: message, statement });
    await lot.expectNothingWent(id, before, REFUSED);
    await swap();
  });

  it('and puts a device of its own in place of the sender’s sends nothing in their name', async () => {
    const before = await lot.creates();
    const intruder = new RawDevice(world.gatewayUrl, world.handle('ada'));
    const message = lot.draft();
    const statement = signStatement(statementFor(ada, message), intruder.identity.privateKey);
    const forged = ada.list({ version: 2 });
    const [{ device_list: list, device_list_signature: signature, account_key: key } = {}] = await database.rows(
      'SELECT device_list, device_list_signature, account_key FROM registry.account WHERE id = $1',
      ada.account,
    );
    const write = (...values: readonly unknown[]) =>
      database.rows(
        'UPDATE registry.account SET device_list = $2, device_list_signature = $3, account_key = $4 WHERE id = $1',
        ada.account,
        ...values,
      );
    await write(Buffer.from(forged.bytes), Buffer.from(intruder.list().signature), key);
    const unsigned = await writePastTheDoor(ada, database, { draft: message, statement });
    await lot.expectNothingWent(unsigned, before, REFUSED);
    const own = new RawDevice(world.gatewayUrl, world.handle('ada'));
    const theirs = own.list({ account: ada.account, address: ada.address, version: 3 });
    await write(Buffer.from(theirs.bytes), Buffer.from(theirs.signature), Buffer.from(own.accountKeys.publicKey));
    const second = lot.draft();
    const changedKey = await writePastTheDoor(ada, database, {
      draft: second,
      statement: signStatement(statementFor(ada, second), own.identity.privateKey),
    });
    await lot.expectNothingWent(changedKey, before, { kind: 'waiting-on-sender', reason: 'key-change' });
    await write(list, signature, key);
    await ada.call('DELETE', `/v1/messages/${changedKey}`);
  });

  it('has harmed nothing: the honest statement still makes exactly one call', async () => {
    const before = await lot.creates();
    const message = draftOf(ada, contact, 'after all that');
    expect((await lot.submit(message, signedBy(ada, statementFor(ada, message)))).status).toBe(202);
    await eventually(async () => (await world.carrier.received(PHONE)).some(({ body }) => body === 'after all that'));
    expect(await lot.creates()).toBe(before + 1);
  });
});

describe('words that are not content', () => {
  it.each([
    ['that are no MIMI content after their salt', Uint8Array.of(0x87, 0x50, ...new Uint8Array(16), 0xff, 0xff)],
    ['without a salt', Uint8Array.of(0x83, 0x01, 0x02, 0x03)],
  ])('%s are refused by the edge and hold nobody up', async (_, content) => {
    const before = await lot.creates();
    const salted = content[0] === 0x87;
    const message = lot.draft({ content: toBytes(content), ...(salted ? {} : { messageId: lot.draft().messageId }) });
    const answer = await lot.submit(message, signedBy(ada, statementFor(ada, message)));
    expect(answer.status).toBe(202);
    await lot.expectNothingWent(String(answer.document['id']), before, { kind: 'failed', reason: 'unreadable' });
    const next = draftOf(ada, contact, 'behind it in the lane');
    await lot.submit(next, signedBy(ada, statementFor(ada, next)));
    await eventually(async () => (await lot.creates()) === before + 1, { what: 'the lane went on' });
  });
});
