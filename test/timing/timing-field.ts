import { createHash, randomBytes } from 'node:crypto';
import { cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeKeys } from '@causeway/edge-keys';
import { mintConversationId, type AccountId, type ConsentOperation } from '@causeway/message-model';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { Stores } from '@causeway/storage';
import { SEEDED, seedStrangers, type BenchDevice } from '../bench/site/seed-accounts.js';
import { DatabaseAccess } from '../support/database-access.js';
import { World } from '../support/world.js';

/** Decisions that are made side by side while a run is prepared. */
const AT_A_TIME = 8;

export interface Pair {
  readonly actor: AccountId;
  /** `mimi://` address. */
  readonly peer: string;
}

/** A running Causeway with its doors open, and what nobody who asks is to learn. Accounts and links are written as its stores write them. */
export class TimingField {
  private constructor(
    readonly world: World,
    readonly stores: Stores,
    readonly database: DatabaseAccess,
    /** The same keys that the edge has: of a copy of its folder. */
    readonly edgeKeys: EdgeKeys,
  ) {}

  /** `databaseUrl`: an empty database of the caller's own, else one of the tests' server. */
  static async open(databaseUrl?: string): Promise<TimingField> {
    const world = await World.start(databaseUrl === undefined ? {} : { databaseUrl });
    const copied = join(world.folder, 'copied-keys');
    const filter = async (path: string): Promise<boolean> => !(await stat(path)).isSocket();
    await cp(join(world.folder, 'data', 'edge-keys'), copied, { recursive: true, filter });
    return new TimingField(
      world,
      new Stores({ url: world.databaseUrl, maxConnections: AT_A_TIME }),
      await DatabaseAccess.open(world.databaseUrl),
      await EdgeKeys.open({ folder: copied, region: 'local', clock: SYSTEM_CLOCK }),
    );
  }

  async close(): Promise<void> {
    await this.edgeKeys.close();
    await this.database.close();
    await this.stores.close();
    await this.world.close();
  }

  /** Accounts that nobody knows. */
  people(count: number): Promise<readonly BenchDevice[]> {
    return seedStrangers(this.database, count);
  }

  /** One operation on each of these pairs, through the one machine of consent. */
  async decide(pairs: readonly Pair[], operation: ConsentOperation): Promise<void> {
    for (let from = 0; from < pairs.length; from += AT_A_TIME)
      await Promise.all(
        pairs.slice(from, from + AT_A_TIME).map(({ actor, peer }) =>
          this.stores.consents.act({
            tenant: SEEDED.tenant,
            actor,
            peerAddress: peer,
            operation,
            conversation: mintConversationId(),
            now: SYSTEM_CLOCK.now(),
          }),
        ),
      );
  }
}

/** The address under which an account was written. */
export const addressOf = ({ account }: BenchDevice): string => addressNamed(account);

/** As long as anybody's, and nobody's. */
export const addressOfNobody = (): string => addressNamed(randomBytes(16).toString('hex'));

const addressNamed = (name: string): string =>
  `mimi://causeway.local/u/${createHash('sha256').update(name).digest('hex')}`;
