import type { Clock, Secret } from '@causeway/platform';

/** How to reach one Twilio account; works with the real API by these values alone. */
export interface TwilioSmsOptions {
  /** `AC` and 32 hexadecimal digits. */
  readonly accountSid: string;
  /** Authenticates our calls and Twilio's webhooks. */
  readonly authToken: Secret;
  /** Another server that speaks Twilio's API; Twilio itself when absent. */
  readonly apiUrl?: string;
  /** Where Twilio reaches the edge from outside, scheme, host and path prefix: signatures are over it. */
  readonly publicWebhookUrl: string;
  /** Numbers of the account we may send from, E.164. */
  readonly bridgeNumbers: readonly string[];
  readonly clock: Clock;
  /** True when `apiUrl` leads to a simulator: stated, never guessed. */
  readonly isSimulated: boolean;
  /** Whether Twilio keeps the text once it is delivered; `discard` unless told otherwise. */
  readonly contentRetention?: 'retain' | 'discard';
  /**
   * `retain` unless told otherwise: look-up after an unknown outcome is by number, and Twilio's own STOP handling breaks
   * with obfuscated ones (warning 23002). The whole resource is deleted once final instead.
   */
  readonly addressRetention?: 'retain' | 'obfuscate';
  /** From the start of a call to its outcome, connection included; 10 s unless told otherwise. */
  readonly callTimeoutMs?: number;
  /** Regions Twilio processes the account in; `us1`, its default, unless told otherwise. */
  readonly regions?: readonly string[];
  /**
   * Segments a second that a bridge number may send; {@link usualSegmentsPerSecond} unless told otherwise. What is over it is
   * answered as `congested` without a call.
   */
  readonly segmentsPerSecond?: (bridgeNumber: string) => number;
  /** True when every bridge number can send MMS: files then go as files to where MMS exists, and as links in text elsewhere. */
  readonly sendsMedia?: boolean;
  /**
   * What a person who writes HELP or INFO is answered. Absent, the usual case: Twilio answers by itself, and a second answer
   * would only confuse. Needed where Twilio's own answers are switched off and a carrier's rules ask for one.
   */
  readonly helpAnswer?: string;
  /** Told of every code that has no row in the table, so that it is counted; the code alone. */
  readonly onUnknownCode?: (code: string) => void;
}
