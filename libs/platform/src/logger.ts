import { pino, type DestinationStream, type Level, type Logger as PinoLogger } from 'pino';
import type { Config } from './config.js';

/**
 * Everything a log line may carry. What is not in this list is dropped at run time too, so an object passed by mistake
 * loses its words, numbers and keys. Ids may be logged, but no line names both ends of a message.
 */
export interface LogFields {
  readonly tenant?: string;
  readonly messageId?: string;
  readonly laneId?: string;
  readonly accountId?: string;
  readonly deviceId?: number;
  readonly contactId?: string;
  readonly network?: string;
  readonly leg?: string;
  readonly track?: string;
  readonly state?: string;
  readonly reason?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly errorName?: string;
  /** Frames only: the first line of a stack carries the message of the error, which may carry values. */
  readonly frames?: string;
  /** Step of the spam guard's ladder, 0 to 4. */
  readonly ladderLevel?: number;
  readonly attempt?: number;
  readonly count?: number;
  readonly sizeBytes?: number;
  readonly durationMs?: number;
  readonly lagSeconds?: number;
  readonly method?: string;
  /** The pattern of a route, never the URL: a URL may carry what a person typed. */
  readonly route?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly component?: string;
  readonly address?: string;
  readonly port?: number;
  readonly version?: string;
  readonly signal?: string;
  readonly setting?: string;
  readonly keyId?: string;
  readonly partition?: string;
  readonly sequence?: number;
}

/** One name per field of `LogFields`; the compiler refuses a field that is missing here. */
const ALLOWED: Readonly<Record<keyof LogFields, true>> = {
  tenant: true,
  messageId: true,
  laneId: true,
  accountId: true,
  deviceId: true,
  contactId: true,
  network: true,
  leg: true,
  track: true,
  state: true,
  reason: true,
  outcome: true,
  code: true,
  errorName: true,
  frames: true,
  ladderLevel: true,
  attempt: true,
  count: true,
  sizeBytes: true,
  durationMs: true,
  lagSeconds: true,
  method: true,
  route: true,
  status: true,
  requestId: true,
  component: true,
  address: true,
  port: true,
  version: true,
  signal: true,
  setting: true,
  keyId: true,
  partition: true,
  sequence: true,
};

/** `event` is a constant of the code, `noun.verb-in-the-past`; everything that varies is a field. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger whose lines all carry the name of a part of the process. */
  for(component: string): Logger;
}

/** JSON lines on standard output, or on `destination`. Strings are cut at 2,000 characters. */
export function createLogger(
  settings: { readonly level: Config['logLevel']; readonly process: string },
  destination?: DestinationStream,
): Logger {
  const options = {
    level: settings.level,
    base: { process: settings.process },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return wrap(destination ? pino(options, destination) : pino(options), {});
}

/** Writes nothing; for tests and tools. */
export const SILENT_LOGGER: Logger = wrap(pino({ level: 'silent' }), {});

function wrap(target: PinoLogger, fixed: LogFields): Logger {
  const write =
    (level: Level) =>
    (event: string, fields: LogFields = {}): void =>
      target[level]({ event, ...allowed({ ...fixed, ...fields }) });
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    for: (component) => wrap(target, { ...fixed, component }),
  };
}

function allowed(fields: LogFields): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!(name in ALLOWED)) continue;
    if (typeof value === 'number') kept[name] = value;
    if (typeof value === 'string') kept[name] = value.slice(0, 2_000);
  }
  return kept;
}
