/** SAFETY 3: a line in the log, somebody is woken, nothing new is taken. Seconds. */
export const PURGE_LAG = { alarmSeconds: 60, pageSeconds: 600, brakeSeconds: 3600 } as const;

const HOUR_MS = 3_600_000;

/** What is due at the hour stays for a moment: a row for it may be on its way, minted a second before. */
export const GRACE_MS = 5 * 60_000;

/** How far behind the purge is, seconds, when the oldest partition there is is that of `oldestHour`: its rows were to go by that o'clock. */
export const purgeLagSeconds = (oldestHour: number, nowMs: number): number =>
  Math.max(0, Math.floor((nowMs - GRACE_MS - oldestHour * HOUR_MS) / 1000));
