import type { Clock } from '@causeway/platform';
import type { RcsOptions } from './rcs/rcs-options.js';
import type { FaultFile } from './control/fault-file.js';

/** Everything the pretend carriers need to know; nothing is read from the environment here. */
export interface SimulatorOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Address to listen on; 127.0.0.1 unless told otherwise, because anyone who reaches it can read every handset. */
  readonly host?: string;
  readonly accountSid: string;
  /** Checks Basic auth and signs webhooks, as at Twilio. */
  readonly authToken: string;
  /** Numbers the account owns, E.164. Any other `From` is refused with 21606; an empty list owns every number. */
  readonly bridgeNumbers?: readonly string[];
  /** Where messages written on a handset are posted; none are posted while it is not set. */
  readonly inboundUrl?: string;
  /** Milliseconds from acceptance to `sent`. */
  readonly sendDelayMs?: number;
  /** Milliseconds from `sent` to `delivered` on a handset that is online. */
  readonly deliverDelayMs?: number;
  /** The RCS network; without it nobody has an agent there. */
  readonly rcs?: RcsOptions;
  /** Where the carrier keeps what it took and what handsets showed: one JSON line each, appended. Holds words. */
  readonly logFile?: string;
  /** How long messages, handsets and calls are remembered, seconds; a day unless told otherwise. Not the file above. */
  readonly keepSeconds?: number;
  /** What that is counted by. */
  readonly clock?: Clock;
  /** Faults of both networks it starts with. */
  readonly faults?: FaultFile;
}

/** What may change while it runs, through `POST /settings`. */
export interface SimulatorSettings {
  bridgeNumbers: readonly string[];
  inboundUrl: string | undefined;
  sendDelayMs: number;
  deliverDelayMs: number;
}

export const SIMULATOR_OPTIONS = Symbol('simulator options');
export const SIMULATOR_SETTINGS = Symbol('simulator settings');

export const initialSettings = (options: SimulatorOptions): SimulatorSettings => ({
  bridgeNumbers: options.bridgeNumbers ?? [],
  inboundUrl: options.inboundUrl,
  sendDelayMs: options.sendDelayMs ?? 20,
  deliverDelayMs: options.deliverDelayMs ?? 30,
});
