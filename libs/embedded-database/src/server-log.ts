import { existsSync } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import type { Clock } from '@causeway/platform';

const LIMIT_BYTES = 1_000_000;
const DAY_MS = 86_400_000;
/** A day before the policy of the security log ends, since it is looked at once a day. */
const LIMIT_MS = 29 * DAY_MS;
const LOOK_MS = DAY_MS;
/** `2026-11-30 17:01:03.123 UTC`, as `log_line_prefix` writes it. */
const LINE_START = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/;
const LINE_START_BYTES = 32;

/** The log of the server is emptied when it is large, or when its first line is so old that it has to go. The server goes on writing to it. */
export async function shortenServerLog(file: string, clock: Clock): Promise<void> {
  if (!existsSync(file)) return;
  const log = await open(file, 'r');
  try {
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read(Buffer.alloc(LINE_START_BYTES), 0, LINE_START_BYTES, 0);
    const [, day, time] = LINE_START.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
    const firstMs = day === undefined ? clock.nowMs() : Date.parse(`${day}T${time}Z`);
    if (size > LIMIT_BYTES || clock.nowMs() - firstMs > LIMIT_MS) await truncate(file);
  } finally {
    await log.close();
  }
}

/** Does so once a day until the returned function is called. `failed` hears of what went wrong; the next day is the retry. */
export function keepServerLogShort(
  file: string,
  { clock, failed }: { readonly clock: Clock; readonly failed: (thrown: unknown) => void },
): () => void {
  const timer = setInterval(() => void shortenServerLog(file, clock).catch(failed), LOOK_MS).unref();
  return () => clearInterval(timer);
}
