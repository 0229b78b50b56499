/** A sender on the network; its number is what a person who falls back to SMS goes on talking to. */
export interface RcsAgent {
  readonly agentId: string;
  /** E.164. */
  readonly bridgeNumber: string;
}

/** What the pretend RCS network needs to know. */
export interface RcsOptions {
  /** Bearer token of our calls, where Google wants OAuth. */
  readonly accessToken: string;
  /** Signs webhooks. */
  readonly clientToken: string;
  readonly agents: readonly RcsAgent[];
  /** Where webhooks are posted; none are while it is not set. */
  readonly webhookUrl?: string;
  /** Milliseconds from acceptance to a handset that is on; 30 unless told otherwise. */
  readonly deliverDelayMs?: number;
  /** Milliseconds until a webhook that failed is posted again, doubled up to ten minutes; 1,000 unless told otherwise. */
  readonly retryDelayMs?: number;
  /** Agent messages a minute and agent; 6,000 unless told otherwise. */
  readonly messagesPerMinute?: number;
  /** Where the network keeps what really happened, one JSON line each, appended. Holds words. */
  readonly logFile?: string;
}

/** What may change while it runs. */
export interface RcsSettings {
  webhookUrl: string | undefined;
  deliverDelayMs: number;
  retryDelayMs: number;
  messagesPerMinute: number;
}

export const RCS_OPTIONS = Symbol('rcs options');
export const RCS_SETTINGS = Symbol('rcs settings');

/** A network that nobody can call: there are no agents, and no token opens it. */
export const NO_RCS: RcsOptions = { accessToken: '', clientToken: '', agents: [] };

export const initialRcsSettings = (options: RcsOptions): RcsSettings => ({
  webhookUrl: options.webhookUrl,
  deliverDelayMs: options.deliverDelayMs ?? 30,
  retryDelayMs: options.retryDelayMs ?? 1_000,
  messagesPerMinute: options.messagesPerMinute ?? 6_000,
});
