import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeCbor, mintBoxId, toBytes } from '@causeway/message-model';
import {
  addressDigest,
  parseStatement,
  signStatement,
  type DowngradeStatement,
  type SignedStatement,
} from '@causeway/signal-protocol';
import {
  draftOf,
  requestFor,
  saltOf,
  sealedBody,
  signedBy,
  statementFor,
  type ClearDraft,
  type RawContact,
} from '../support/clear-message.js';
import { ClearWorld, REFUSED } from '../support/clear-world.js';
import { type DatabaseAccess } from '../support/database-access.js';
import { wakeLaneOf, writePastTheDoor } from '../support/past-the-door.js';
import { inSeconds, type RawDevice } from '../support/raw-device.js';
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

interface WrongStatement {
  readonly name: string;
  /** Why the gateway refuses at once; `undefined` where only the edge can tell. */
  readonly door: string | undefined;
  readonly make: (message: ClearDraft) => SignedStatement;
}

const changed =
  (change: (message: ClearDraft) => Partial<DowngradeStatement>) =>
  (message: ClearDraft): SignedStatement =>
    signedBy(ada, { ...statementFor(ada, message), ...change(message) });

const WRONG: readonly WrongStatement[] = [
  { name: 'of another message', door: 'wrong-message', make: () => signedBy(ada, statementFor(ada, lot.draft())) },
  {
    name: 'for another conversation',
    door: 'wrong-message',
    make: changed(() => ({ subject: { kind: 'conversation', conversationId: other.conversation } })),
  },
  { name: 'that expired', door: 'expired', make: changed(() => ({ notAfter: inSeconds(-10) })) },
  {
    name: 'that ends before the message may',
    door: 'expired',
    make: changed((message) => ({ notAfter: message.deadline - 60 })),
  },
  { name: 'for another contact', door: 'wrong-contact', make: changed(() => ({ contactId: other.contact })) },
  {
    name: 'for the contact with another number',
    door: undefined,
    make: changed((message) => ({
      addressDigest: addressDigest({ contactId: contact.contact, addressUri: other.address, salt: saltOf(message) }),
    })),
  },
  { name: 'for another network', door: 'wrong-network', make: changed(() => ({ networks: ['rcs'] })) },
  { name: 'of another account', door: 'wrong-sender', make: changed(() => ({ senderAccount: eve.account })) },
  {
    name: 'signed by a key that the body was not',
    door: undefined,
    make: (message) => signStatement(statementFor(ada, message), eve.identity.privateKey),
  },
  {
    name: 'edited after it was signed',
    door: undefined,
    make: (message) => {
      const honest = statementFor(ada, message);
      return { ...signedBy(ada, { ...honest, statementId: mintBoxId() }), bytes: signedBy(ada, honest).bytes };
    },
  },
  {
    name: 'that is no statement',
    door: 'malformed',
    make: () => ({ bytes: encodeCbor(['causeway-downgrade-v1', 'yes']), signature: toBytes(new Uint8Array(64)) }),
  },
  {
    name: 'that is not CBOR',
    door: 'malformed',
    make: () => ({ bytes: toBytes(Uint8Array.of(0x9f, 0x01, 0xff, 0xff)), signature: toBytes(new Uint8Array(64)) }),
  },
];

describe('the honest statement', () => {
  it('makes exactly one call through the door', async () => {
    const before = await lot.creates();
    const message = draftOf(ada, contact, 'with permission');
    const answer = await lot.submit(message, signedBy(ada, statementFor(ada, message)));
    expect(answer.status).toBe(202);
    await eventually(async () => (await world.carrier.received(PHONE)).some(({ body }) => body === 'with permission'));
    expect(await lot.creates()).toBe(before + 1);
  });

  it('makes exactly one call past the door, and none more when the database forgets that it did', async () => {
    const before = await lot.creates();
    const message = draftOf(ada, contact, 'written into the database');
    const statement = signedBy(ada, statementFor(ada, message));
    const id = await writePastTheDoor(ada, database, { draft: message, statement });
    await eventually(async () => (await lot.statusOf(id)).state.kind === 'delivered');
    expect(await lot.creates()).toBe(before + 1);
    await database.rows('DELETE FROM transit.attempt WHERE message_ref = $1', id);
    await database.rows('DELETE FROM transit.open_attempt WHERE message_ref = $1', id);
    await database.rows('DELETE FROM transit.statement_use WHERE message_ref = $1', id);
    const box = Buffer.from((await sealedBody(ada, message)).box);
    const signed = Buffer.from(encodeCbor([statement.bytes, statement.signature]));
    await database.rows(
      'INSERT INTO transit.envelope SELECT purge_hour, id, $2, $3 FROM transit.message WHERE id = $1',
      id,
      box,
      signed,
    );
    await database.rows(
      'INSERT INTO transit.lane_item SELECT lane_id, position, purge_hour, id FROM transit.message WHERE id = $1',
      id,
    );
    await database.rows(
      'UPDATE transit.lane SET pending = pending + 1 WHERE id = (SELECT lane_id FROM transit.message WHERE id = $1)',
      id,
    );
    await database.rows("UPDATE transit.message SET state = 'ready' WHERE id = $1", id);
    await wakeLaneOf(database, id);
    await eventually(async () => (await lot.statusOf(id)).state.kind !== 'ready');
    expect((await lot.statusOf(id)).state).toEqual({ kind: 'failed', reason: 'no-answer' });
    expect(await lot.creates()).toBe(before + 1);
    expect(
      (await world.carrier.received(PHONE)).filter(({ body }) => body === 'written into the database'),
    ).toHaveLength(1);
  });
});

describe('at the door, a statement', () => {
  it.each(WRONG.filter(({ door }) => door !== undefined))(
    '$name is refused as invalid-statement',
    async ({ make, door }) => {
      const before = await lot.creates();
      const message = lot.draft();
      const answer = await lot.submit(message, make(message));
      expect(answer.document).toMatchObject({
        status: 422,
        code: 'invalid-statement',
        reason: door,
        errors: [{ pointer: '/body/statement' }],
      });
      expect(answer.contentType).toBe('application/problem+json');
      expect(await lot.creates()).toBe(before);
    },
  );

  it('that is not there at all is a fault of the request', async () => {
    const message = lot.draft();
    const answer = await lot.submit(message, undefined);
    expect(answer.document).toMatchObject({
      status: 400,
      code: 'invalid-request',
      errors: [{ pointer: '/body/statement' }],
    });
  });

  it.each(WRONG.filter(({ door }) => door === undefined))('$name is refused by the edge', async ({ make }) => {
    const before = await lot.creates();
    const message = lot.draft();
    const answer = await lot.submit(message, make(message));
    expect(answer.status).toBe(202);
    await lot.expectNothingWent(String(answer.document['id']), before, REFUSED);
  });

  it('does not help a message that its sender sealed for sealed routes only', async () => {
    const message = lot.draft();
    const body = { ...(await sealedBody(ada, message)), statement: signedBy(ada, statementFor(ada, message)) };
    const answer = await ada.send({ ...requestFor(message, body), floor: 'sealed' });
    expect(answer.document).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer: '/floor' }] });
  });
});

describe('past the door, where only the edge stands, a statement', () => {
  it('about a whole conversation sends nothing: it would hide neither number nor words', async () => {
    const before = await lot.creates();
    const message = lot.draft();
    const statement = signedBy(ada, {
      ...statementFor(ada, lot.draft()),
      subject: { kind: 'conversation', conversationId: contact.conversation },
    });
    const id = await writePastTheDoor(ada, database, { draft: message, statement });
    await lot.expectNothingWent(id, before, REFUSED);
  });

  it.each(WRONG)('$name sends nothing', async ({ make }) => {
    const before = await lot.creates();
    const message = lot.draft();
    const id = await writePastTheDoor(ada, database, { draft: message, statement: make(message) });
    await lot.expectNothingWent(id, before, REFUSED);
  });

  it('that is not there at all sends nothing', async () => {
    const before = await lot.creates();
    const id = await writePastTheDoor(ada, database, { draft: lot.draft(), statement: null });
    await lot.expectNothingWent(id, before, REFUSED);
  });

  it('that was used for a message sends no second one', async () => {
    const first = draftOf(ada, contact, 'allowed once');
    const sent = await writePastTheDoor(ada, database, {
      draft: first,
      statement: signedBy(ada, statementFor(ada, first)),
    });
    await eventually(async () => (await lot.statusOf(sent)).state.kind === 'delivered');
    const before = await lot.creates();
    const single = lot.draft();
    const spent = signedBy(ada, statementFor(ada, single));
    const [{ purge_hour: hour } = {}] = await database.rows(
      'SELECT purge_hour FROM transit.message WHERE id = $1',
      sent,
    );
    await database.rows(
      'INSERT INTO transit.statement_use VALUES ($1, $2, $3, $4)',
      ada.tenant,
      parseStatement(spent.bytes)?.statementId,
      sent,
      hour,
    );
    const id = await writePastTheDoor(ada, database, { draft: single, statement: spent });
    await lot.expectNothingWent(id, before, REFUSED);
  });
});
