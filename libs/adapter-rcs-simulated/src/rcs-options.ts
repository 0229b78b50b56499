import type { Clock, Secret } from '@causeway/platform';

/** A sender on the network, and the number a conversation goes on with when it falls back to SMS. */
export interface RcsAgent {
  readonly agentId: string;
  /** E.164. */
  readonly bridgeNumber: string;
}

/** How to reach the simulated RCS network. */
export interface RcsSimulatedOptions {
  /** Origin and prefix of the API, for example `http://127.0.0.1:4020/rcs`. */
  readonly apiUrl: string;
  /** Authenticates our calls. */
  readonly accessToken: Secret;
  /** Authenticates the network's webhooks. */
  readonly clientToken: Secret;
  readonly agents: readonly RcsAgent[];
  /** Where the network reaches the edge from outside, scheme, host and path prefix. */
  readonly publicWebhookUrl: string;
  readonly clock: Clock;
  /** From the start of a call to its outcome, connection included; 10 s unless told otherwise. */
  readonly callTimeoutMs?: number;
  /** Where the network stores what passes through it; `simulated`, which is no place, unless told otherwise. */
  readonly regions?: readonly string[];
  /** Told of a code that the table does not have, once per call. */
  readonly onUnknownCode?: (code: string) => void;
}

/** The agent that speaks for a bridge number, where nothing else was agreed with the network. Pure. */
export const agentIdOf = (bridgeNumber: string): string => `causeway-${bridgeNumber.replace(/\D/g, '')}`;
