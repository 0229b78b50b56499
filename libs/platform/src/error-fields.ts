import type { LogFields } from './logger.js';

const CODE = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * What may be logged of something that was thrown: its class, its code and where it came from. Never its message, which
 * in drivers and validators quotes the values that were wrong.
 */
export function errorFields(thrown: unknown): Pick<LogFields, 'errorName' | 'code' | 'frames'> {
  if (!(thrown instanceof Error)) return { errorName: typeof thrown };
  const code = 'code' in thrown ? thrown.code : undefined;
  return {
    errorName: thrown.name,
    frames: framesOf(thrown),
    ...(typeof code === 'string' && CODE.test(code) ? { code } : {}),
  };
}

function framesOf(error: Error): string {
  const lines = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return lines
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' | ');
}
