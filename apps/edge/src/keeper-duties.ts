import { KeyProviderAway, type Keeping } from '@causeway/edge-keys';
import { ForgetErased, ReKeyNumbers, ReSealNumbers } from '@causeway/message-flow/edge';
import { every, type ProcessContext, type Repeating } from '@causeway/process-context';
import type { Edge } from './open-edge.js';

const KEY_INTERVAL_MS = 15_000;
const RE_SEAL_INTERVAL_MS = 3_600_000;
const RENEW_INTERVAL_MS = 60_000;
const FORGET_INTERVAL_MS = 5_000;

/**
 * What one edge of all does while it keeps the keys: their turning, the ledger's forgetting, numbers brought under new keys, and the look for
 * messages whose webhook never came, which begins anew with each keeper: while there was none, webhooks were refused.
 */
export class KeeperDuties {
  private readonly repeating: readonly Repeating[];
  private noted = '';

  constructor(
    private readonly process: ProcessContext,
    private readonly edge: Edge,
    private readonly keeping: Keeping,
  ) {
    const { config, events } = process;
    const reSeal = new ReSealNumbers(edge.context, keeping.keys);
    const forgetErased = new ForgetErased(process.stores.tombstones, keeping.ledger, process.clock);
    const reKey = new ReKeyNumbers(process.stores.numberDigests, keeping.keys, {
      clock: process.clock,
      backupDays: config.backupDays,
    });
    const sweepMs = config.inboundSweepSeconds * 1000;
    this.repeating = [
      every(KEY_INTERVAL_MS, { name: 'edge-keys', run: () => this.turnKeys() }, events),
      every(FORGET_INTERVAL_MS, { name: 'forget-erased', run: () => forgetErased.execute() }, events),
      every(sweepMs, { name: 'sweep-inbound', run: () => edge.sweepInbound.execute() }, events),
      every(
        RE_SEAL_INTERVAL_MS,
        { name: 're-seal-numbers', run: async () => this.tellDestroyed(await reSeal.execute()) },
        events,
      ),
      every(RENEW_INTERVAL_MS, { name: 'renew-number-keys', run: () => reKey.renewWhenAsked() }, events),
      every(
        RE_SEAL_INTERVAL_MS,
        { name: 're-key-numbers', run: async () => this.tellDestroyed(await reKey.execute()) },
        events,
      ),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
  }

  private async turnKeys(): Promise<void> {
    const { keys, ledger } = this.keeping;
    await this.noteKeys();
    try {
      this.tellDestroyed((await keys.tick()).destroyed);
      this.edge.context.events.keyProviderAnswers(true);
    } catch (thrown) {
      if (!(thrown instanceof KeyProviderAway)) throw thrown;
      this.edge.context.events.keyProviderAnswers(false);
    }
    await this.noteKeys();
    await ledger.forgetPast(Math.floor(this.edge.context.clock.nowMs() / 1000));
  }

  /**
   * Every key is noted while it lives, and a noted one that lives no more was destroyed: so none is missing in the ledger, whatever moment
   * this process dies at.
   */
  private async noteKeys(): Promise<void> {
    const checks = this.keeping.keys.keyChecks();
    const names = checks.map(({ keyId }) => keyId);
    if (names.join() === this.noted) return;
    const { clock } = this.edge.context;
    await this.process.stores.purgeLedger.noteKeys(checks, clock.now());
    await this.process.stores.purgeLedger.markDestroyed(names, clock.now());
    this.noted = names.join();
  }

  private tellDestroyed(keyIds: readonly string[]): void {
    for (const keyId of keyIds)
      this.edge.context.events.edgeKeyDestroyed({ track: keyId.split('-')[0] ?? 'leg', keyId });
  }
}
