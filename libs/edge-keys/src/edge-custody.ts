import { setTimeout as pause } from 'node:timers/promises';
import { StartupProblem, type Clock } from '@causeway/platform';
import { AskedLedger } from './asked-ledger.js';
import { BorrowedKeys } from './borrowed-keys.js';
import { EdgeKeys } from './edge-keys.js';
import { EdgeLedger } from './edge-ledger.js';
import { KeeperDesk } from './keeper-desk.js';
import type { KeeperLine } from './keeper-questions.js';
import { KeyUse } from './key-use.js';
import { FileKeyProvider } from './provider/file-key-provider.js';
import type { KeyProvider } from './provider/key-provider.js';
import type { Ledger } from './ledger.js';

/** What the one edge that keeps keys and ledger has in its hands; the others ask it. */
export interface Keeping {
  readonly keys: EdgeKeys;
  readonly ledger: EdgeLedger;
}

/** Something that was opened and can be closed. */
export interface Closable {
  close(): Promise<void>;
}

export interface CustodyInput {
  /** The key folder; `undefined` for an edge that asks a keeper elsewhere and never becomes one. */
  readonly folder: string | undefined;
  readonly region: string;
  readonly tenant?: string;
  /** Opened only by an edge that becomes the keeper, which closes it; without one, files of the folder. */
  readonly openProvider?: () => Promise<KeyProvider>;
  readonly clock: Clock;
  /** To the keeper, whoever it is at the moment. */
  readonly line: KeeperLine;
  /** Opens the door that lines lead to; this desk answers behind it. */
  readonly serve: (desk: KeeperDesk) => Promise<Closable>;
  /** Called after this edge became the keeper, with what it now keeps. */
  readonly onKeeping?: (keeping: Keeping) => void;
  /** Told of what goes wrong after the start. The next try follows by itself. */
  readonly onTrouble: (thrown: unknown) => void;
}

/** Between two looks at the keeper, milliseconds: how long a key destroyed there stays lent, and about how long a takeover takes. */
const LOOK_EVERY_MS = 500;
/** The same while there is no keeper. */
const TRY_EVERY_MS = 50;
/** A keeper whose parent was killed ends what it does before it lets go of the folder. */
const PATIENCE_MS = 20_000;

/**
 * Who has the keys and the ledger of the edges. Of those that share a key folder it is whoever got the lock of the ledger: the keeper.
 * The others borrow from it, and one of them follows when it is gone. The operating system frees the lock when its process ends, however
 * that goes, and never before: there are not two keepers. In between, `keys` work on until the loan ends and `ledger` is unavailable.
 */
export class EdgeCustody {
  readonly #input: CustodyInput;
  readonly #borrowed: BorrowedKeys;
  readonly #borrowedUse: KeyUse;
  readonly #asked: AskedLedger;
  #keeping: (Keeping & { readonly door: Closable; readonly provider: KeyProvider }) | undefined;
  #isKeeperHeard = false;
  #isClosing = false;
  #watching: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  private constructor(input: CustodyInput) {
    this.#input = input;
    this.#borrowed = new BorrowedKeys(input.line, input.region, input.clock);
    this.#borrowedUse = new KeyUse(this.#borrowed, input.clock);
    this.#asked = new AskedLedger(input.line);
  }

  /**
   * Returns once there are keys: kept here, or lent. Throws `StartupProblem` when the folder cannot be used, when its keeper is of another
   * region, and when nobody lends any for a while although the folder is taken.
   */
  static async open(input: CustodyInput): Promise<EdgeCustody> {
    const custody = new EdgeCustody(input);
    const giveUpMs = performance.now() + PATIENCE_MS;
    while (!(await custody.#look())) {
      if (performance.now() > giveUpMs) {
        await custody.close();
        throw input.folder === undefined ? nobodyAnswers() : heldInSilence(input.folder);
      }
      await pause(TRY_EVERY_MS);
    }
    custody.#watching = custody.#watch();
    return custody;
  }

  /** Ask for it anew at every use: it is another one after this edge became the keeper. */
  get keys(): KeyUse {
    return this.#keeping?.keys ?? this.#borrowedUse;
  }

  /** Likewise. */
  get ledger(): Ledger {
    return this.#keeping?.ledger ?? this.#asked;
  }

  get isKeeper(): boolean {
    return this.#keeping !== undefined;
  }

  /** Lets go: of the door first, so that nobody is answered by a ledger that closes; of the lock last. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#closing.abort();
    await this.#watching;
    const keeping = this.#keeping;
    await keeping?.door.close();
    await keeping?.keys.close();
    await keeping?.provider.close();
    await keeping?.ledger.close();
    this.#borrowed.close();
    this.#input.line.close();
  }

  async #watch(): Promise<void> {
    while (!this.#isClosing && !this.#keeping) {
      await pause(this.#isKeeperHeard ? LOOK_EVERY_MS : TRY_EVERY_MS, undefined, {
        signal: this.#closing.signal,
      }).catch(() => undefined);
      if (this.#isClosing) return;
      try {
        await this.#look();
      } catch (thrown) {
        this.#isKeeperHeard = true;
        this.#input.onTrouble(thrown);
      }
    }
  }

  /** Whether there are keys now. */
  async #look(): Promise<boolean> {
    this.#borrowed.drop();
    this.#isKeeperHeard = await this.#hear();
    return this.#isKeeperHeard || (this.#input.folder !== undefined && (await this.#keep(this.#input.folder)));
  }

  async #hear(): Promise<boolean> {
    try {
      await this.#borrowed.borrow();
      return true;
    } catch (thrown) {
      if (thrown instanceof StartupProblem) throw thrown;
      return false;
    }
  }

  async #keep(folder: string): Promise<boolean> {
    const { region, tenant, clock, serve, onKeeping, openProvider } = this.#input;
    const ledger = await EdgeLedger.openUnlessLocked({ folder });
    if (!ledger) return false;
    const provider = await (openProvider ?? (async () => new FileKeyProvider(folder)))().catch(closing(ledger));
    const input = { folder, region, clock, provider, ...(tenant === undefined ? {} : { tenant }) };
    const keys = await EdgeKeys.open(input).catch(closing(provider, ledger));
    const door = await serve(new KeeperDesk(keys, ledger)).catch(closing(keys, provider, ledger));
    this.#keeping = { keys, ledger, door, provider };
    this.#borrowed.close();
    onKeeping?.({ keys, ledger });
    return true;
  }
}

const closing =
  (...opened: readonly Closable[]) =>
  async (thrown: unknown): Promise<never> => {
    for (const one of opened) await one.close();
    throw thrown;
  };

const nobodyAnswers = (): StartupProblem =>
  new StartupProblem(
    'No keeper of keys answers.',
    'Start an edge with the key folder there, and look at CAUSEWAY_EDGE_KEEPER and the CAUSEWAY_EDGE_KEEPER_TLS_ files of both.',
  );

const heldInSilence = (folder: string): StartupProblem =>
  new StartupProblem(
    `A process holds the keys in ${folder} and does not answer.`,
    'Look whether it is stopped or of another release; end it if so.',
  );
