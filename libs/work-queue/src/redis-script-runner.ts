import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { redisClient } from './redis-client.js';

/** How long an answer is waited for before the command counts as failed, milliseconds. */
const ANSWER_MS = 1_000;

const hasNoScript = (thrown: unknown): boolean => thrown instanceof Error && thrown.message.startsWith('NOSCRIPT');

/**
 * Runs Lua scripts on the server or cluster that the queue uses, over a connection of its own, one round trip each. Fails at once while
 * Redis is away, and goes on by itself when it is back: whoever asks decides what that means.
 */
export class RedisScriptRunner {
  private readonly client: Redis | Cluster;
  private readonly digests = new Map<string, string>();
  private connecting: Promise<unknown> | undefined;

  constructor(url: string) {
    this.client = redisClient(url, {
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: ANSWER_MS,
      socketTimeout: 5 * ANSWER_MS,
    });
    // every command tells of it anyway
    this.client.on('error', () => undefined);
  }

  async run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    await this.connected();
    const rest = [...keys, ...values];
    try {
      return await this.client.evalsha(this.digestOf(script), keys.length, ...rest);
    } catch (thrown) {
      if (!hasNoScript(thrown)) throw thrown;
      return this.client.eval(script, keys.length, ...rest);
    }
  }

  async close(): Promise<void> {
    if (this.client.status === 'ready') await this.client.quit();
    else this.client.disconnect();
  }

  private async connected(): Promise<void> {
    if (this.client.status !== 'wait' && this.connecting === undefined) return;
    this.connecting ??= this.client.connect().finally(() => (this.connecting = undefined));
    await this.connecting;
  }

  private digestOf(script: string): string {
    const known = this.digests.get(script);
    if (known !== undefined) return known;
    const made = createHash('sha1').update(script).digest('hex');
    this.digests.set(script, made);
    return made;
  }
}
