/** What a process full of real devices is told, and what it answers. */
export const JOURNEYS = ['native', 'native-sms', 'sms-native'] as const;
export type Journey = (typeof JOURNEYS)[number];
export const isJourney = (word: string): word is Journey => JOURNEYS.some((journey) => journey === word);

export interface FleetOrder {
  readonly what: 'make';
  readonly gatewayUrl: string;
  readonly carrierUrl: string;
  readonly folder: string;
  /** Handles and numbers begin with it: no two fleets share one. */
  readonly number: number;
  readonly conversations: number;
  readonly hasTelephones: boolean;
}

export interface LiveOrder {
  readonly what: 'run';
  readonly journey: Journey;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface LiveAnswer {
  readonly sent: number;
  /** Not taken: `send` failed, or the pretend carrier did not take what was written on the handset. */
  readonly failed: number;
  /** Shown on both devices of the recipient, or on the handset. */
  readonly delivered: number;
  /** Messages of which the sender's device was told that they are delivered. */
  readonly receipts: number;
  readonly seconds: number;
  readonly sendMs: readonly number[];
  readonly endToEndMs: readonly number[];
}
