import { StartupProblem } from '@causeway/platform';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `30d`, `12h`, `90m` or `45s` in seconds, and null for `default`. Throws `StartupProblem` on anything else. */
export function parseSeconds(text: string): number | null {
  if (text === 'default') return null;
  const [, count, unit = ''] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  const size = UNIT_SECONDS[unit];
  if (count === undefined || size === undefined)
    throw new StartupProblem('This is not a time.', 'It looks like 30d, 12h, 90m or 45s; or default.');
  return Number(count) * size;
}
