import type { Capabilities } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { DeliverOutcome } from './deliver-outcome.js';
import type { RawRequest, ReceiveOutcome } from './inbound.js';
import type { Attempt, ClearOutbound, SealedOutbound } from './outbound.js';

/** Grows when an adapter written for an older contract would break a law of the newer one. */
export const ADAPTER_CONTRACT_VERSION = 2;

/** What every network has in common. */
export interface NetworkAdapter {
  readonly contractVersion: number;
  /** Name of the network as plans and statements say it: `sms`, `rcs`, `native`. */
  readonly network: string;
  /** True when no real network is behind it; every person and program that sees the network sees this. */
  readonly isSimulated: boolean;
  /** Regions in which the network stores what passes through it, as ISO 3166-1 alpha-2 or the vendor's region name. */
  readonly regions: readonly string[];

  /**
   * What the network carries to recipients of this kind: a table, without a call. What one person's phone can do now is
   * {@link ChecksRecipients}, where the network can be asked.
   */
  capabilities(recipient: RecipientHint): Promise<Capabilities>;

  /**
   * Authenticates over the raw bytes, then parses. Idempotent and without side effects: the same request twice gives
   * equal events, and uniqueness of `externalId` is the caller's to enforce. Never throws for what a stranger can send.
   */
  receive(request: RawRequest): Promise<ReceiveOutcome>;

  /** Refuses new calls and resolves once every call in flight has settled with an outcome. Safe to call twice. */
  dispose(): Promise<void>;
}

/** What may be known of a recipient outside the edge: the country, never the number. */
export interface RecipientHint {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
}

/** A network that keeps messages end-to-end encrypted: it is handed envelopes and nothing else. */
export interface SealedAdapter extends NetworkAdapter {
  readonly confidentiality: 'sealed';
  /** See {@link ClearAdapter.deliver}; the same rules. */
  deliver(outbound: SealedOutbound, attempt: Attempt): Promise<DeliverOutcome>;
}

/** A network whose carrier reads what it carries: it is handed one opened message. */
export interface ClearAdapter extends NetworkAdapter {
  readonly confidentiality: 'clear';
  /**
   * Makes at most one call to the network, before `attempt.callBeforeMs`, and never a second one.
   * Expected failures are returned, never thrown; a limit that is exceeded is refused without a call.
   */
  deliver(outbound: ClearOutbound, attempt: Attempt): Promise<DeliverOutcome>;
}

/** What start-up says about an adapter written for another contract; `undefined` when it was written for this one. */
export const contractProblem = ({ network, contractVersion }: NetworkAdapter): string | undefined =>
  contractVersion === ADAPTER_CONTRACT_VERSION
    ? undefined
    : `The adapter of ${network} was written for version ${contractVersion} of the adapter contract; this is version ${ADAPTER_CONTRACT_VERSION}.`;

/** Discriminated by `confidentiality`, so that the compiler keeps plaintext from the wrong adapter. */
export type Adapter = SealedAdapter | ClearAdapter;

/** What the edge gives to an adapter it opens from a module of its own. */
export interface AdapterSurroundings {
  /** The object the operator's settings file has under the module's place; the adapter checks it and throws when it does not fit. */
  readonly settings: unknown;
  /** Scheme, host and path prefix under which the edge is reached; webhooks arrive at `/webhooks/<network>/...` below it. */
  readonly publicWebhookUrl: string;
  /** Numbers messages are sent from, E.164. */
  readonly bridgeNumbers: readonly string[];
  readonly clock: Clock;
}

/** A module that brings a network exports this under the name `openAdapter`. */
export type OpenAdapter = (surroundings: AdapterSurroundings) => ClearAdapter | Promise<ClearAdapter>;
