import { randomBytes } from 'node:crypto';
import type { Bytes } from '@causeway/message-model';
import type { MediaLink } from '@causeway/network-adapter';
import { Plaintext, type Clock } from '@causeway/platform';
import { type Metrics } from '@causeway/platform/server';

/** A carrier fetches at once; a link that leaks in its logs opens nothing later. Milliseconds. */
const LIFE_MS = 5 * 60_000;
/** Files in the clear that one edge holds at most, bytes: MMS carries five million each. */
const MOST_BYTES = 100_000_000;

/** A file in the clear. */
export interface ClearFile {
  readonly contentType: string;
  readonly content: Bytes;
}

interface Kept extends ClearFile {
  readonly expiresAtMs: number;
}

/**
 * Files in the clear on their way to a carrier that takes them by link. Each opens once, within five minutes, at the edge that made it,
 * and is in memory only. What it hands out is counted: it is plaintext that leaves.
 */
export class MediaLinks {
  private readonly kept = new Map<string, Kept>();
  private heldBytes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Pick<Metrics, 'increment'>,
    /** Where carriers reach this edge, without a slash at its end. */
    private readonly publicUrl: string,
  ) {}

  /** `undefined` when the edge holds as much as it may: later there is room. A message that is past its time has no file any more. */
  make(file: ClearFile, notAfterMs = Infinity): MediaLink | undefined {
    this.forgetExpired();
    const sizeBytes = file.content.byteLength;
    if (this.heldBytes + sizeBytes > MOST_BYTES) return undefined;
    const token = randomBytes(32).toString('base64url');
    const nowMs = this.clock.nowMs();
    const expiresAtMs = Math.min(nowMs + LIFE_MS, notAfterMs);
    this.kept.set(token, { ...file, expiresAtMs });
    this.heldBytes += sizeBytes;
    // also when nobody ever asks for anything
    setTimeout(() => this.forgetExpired(), expiresAtMs - nowMs).unref();
    return { url: new Plaintext(`${this.publicUrl}/media/${token}`), contentType: file.contentType, sizeBytes };
  }

  /** The file, to whoever comes first. Unknown, expired and used links cannot be told apart. */
  open(token: string): ClearFile | undefined {
    this.forgetExpired();
    const file = this.take(token);
    this.metrics.increment('causeway_media_links_total', { outcome: file ? 'opened' : 'refused' });
    return file;
  }

  /** What is known without opening it: carriers ask for type and length first. */
  describe(token: string): Pick<MediaLink, 'contentType' | 'sizeBytes'> | undefined {
    this.forgetExpired();
    const file = this.kept.get(token);
    return file && { contentType: file.contentType, sizeBytes: file.content.byteLength };
  }

  forgetExpired(): void {
    const nowMs = this.clock.nowMs();
    for (const [token, { expiresAtMs }] of this.kept) {
      if (expiresAtMs > nowMs) continue;
      this.take(token);
      this.metrics.increment('causeway_media_links_total', { outcome: 'expired' });
    }
  }

  private take(token: string): Kept | undefined {
    const file = this.kept.get(token);
    if (!file) return undefined;
    this.kept.delete(token);
    this.heldBytes -= file.content.byteLength;
    return file;
  }
}
