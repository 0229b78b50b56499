import { createHmac, randomBytes } from 'node:crypto';

const DAY_MS = 86_400_000;
const NAME_BYTES = 16;
/** Beyond so many the oldest are forgotten, whose next try counts as another message. */
const REMEMBERED = 20_000;

/** One message to one person. */
export interface Judged {
  readonly tenant: string;
  readonly sender: string;
  readonly recipient: string;
  readonly messageId: string;
}

/**
 * Which messages this process has judged within a day, so that a device which tries one again, because it was held or got no answer, does not
 * look like somebody who insists. Under names that only this process can make. Each gateway counts what it judges first.
 */
export class JudgedBefore {
  private readonly key = randomBytes(32);
  private readonly atMs = new Map<string, number>();

  knows(message: Judged, nowMs: number): boolean {
    const atMs = this.atMs.get(this.nameOf(message));
    return atMs !== undefined && nowMs - atMs < DAY_MS;
  }

  /** Once the guard has counted it. */
  note(message: Judged, nowMs: number): void {
    const name = this.nameOf(message);
    this.atMs.delete(name);
    this.atMs.set(name, nowMs);
    if (this.atMs.size <= REMEMBERED) return;
    const [oldest] = this.atMs.keys();
    if (oldest !== undefined) this.atMs.delete(oldest);
  }

  private nameOf({ tenant, sender, recipient, messageId }: Judged): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([tenant, sender, recipient, messageId]))
      .digest()
      .subarray(0, NAME_BYTES)
      .toString('base64');
  }
}
