import { expect } from '@jest/globals';
import { messageStatusSchema } from '@causeway/api-contract';
import type { SignedStatement } from '@causeway/signal-protocol';
import { addContact, draftOf, requestFor, sealedBody, type ClearDraft, type RawContact } from './clear-message.js';
import { DatabaseAccess } from './database-access.js';
import { RawDevice, type Answer } from './raw-device.js';
import { eventually, World } from './world.js';

/** What becomes of a message that nobody permitted, and of one whose route is not the one it was sealed for. */
export const REFUSED = { kind: 'failed', reason: 'statement-invalid' };
export const RETURNED = { kind: 'waiting-on-sender', reason: 'route' };

const WORDS = 'nobody said that this may go in the clear';

/** A whole Causeway with a device made by hand that has two contacts, and a way into the database past every door. */
export class ClearWorld {
  private constructor(
    readonly world: World,
    readonly database: DatabaseAccess,
    readonly ada: RawDevice,
    readonly eve: RawDevice,
    readonly contact: RawContact,
    readonly other: RawContact,
  ) {}

  static async start([phone, otherPhone]: readonly [string, string]): Promise<ClearWorld> {
    const world = await World.start();
    const database = await DatabaseAccess.open(world.databaseUrl);
    const ada = await RawDevice.register(world.gatewayUrl, world.handle('ada'));
    const eve = await RawDevice.register(world.gatewayUrl, world.handle('eve'));
    const [contact, other] = [await addContact(ada, phone), await addContact(ada, otherPhone)];
    return new ClearWorld(world, database, ada, eve, contact, other);
  }

  /** Messages the carrier was asked to send. */
  async creates(): Promise<number> {
    return (await this.world.carrier.counts())['create'] ?? 0;
  }

  async statusOf(id: string) {
    return messageStatusSchema.parse((await this.ada.call('GET', `/v1/messages/${id}`)).document);
  }

  /** Words that may not go. */
  draft(changes: Partial<ClearDraft> = {}): ClearDraft {
    return draftOf(this.ada, this.contact, WORDS, changes);
  }

  async submit(message: ClearDraft, statement: SignedStatement | undefined): Promise<Answer> {
    return this.ada.send(requestFor(message, { ...(await sealedBody(this.ada, message)), statement }));
  }

  /** Nothing left: no call, nothing on either phone, no sealed words kept, and a sender who can see it. */
  async expectNothingWent(
    id: string,
    createsBefore: number,
    state: { readonly kind: string; readonly reason: string },
  ): Promise<void> {
    await eventually(async () => (await this.statusOf(id)).state.kind !== 'ready', {
      what: 'the edge looked at the message',
    });
    const status = await this.statusOf(id);
    expect(status.state).toEqual(state);
    expect({ attempts: status.attempts, hops: status.hops }).toEqual({ attempts: [], hops: [] });
    expect(await this.creates()).toBe(createsBefore);
    for (const { address } of [this.contact, this.other]) {
      const onThePhone = await this.world.carrier.received(address.replace('tel:', ''));
      expect(onThePhone.filter((message) => message.body === WORDS)).toEqual([]);
    }
    expect(await this.database.rows('SELECT id FROM transit.envelope WHERE id = $1', id)).toEqual([]);
    expect((await this.ada.call('GET', '/v1/inbox?limit=100')).text).toContain(id);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.world.close();
  }
}
