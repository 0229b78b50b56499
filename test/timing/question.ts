import type { Asked } from './timed-client.js';

/** Whom a question is about. Of the first three somebody is there; the last is nobody's. */
export const KINDS = ['existing', 'refusing', 'blocking', 'unknown'] as const;
export type Kind = (typeof KINDS)[number];

/** A question that anybody may ask about anybody. Every answer has to be the same, whoever is asked about. */
export interface Question {
  readonly name: string;
  /** How many are asked side by side, each over a connection of its own: more than one where an answer waits for a fixed time. */
  readonly lanes?: number;
  /** Between two questions, milliseconds: until what the last one set off is over. */
  readonly restMs?: number;
  /** How many rounds it may be asked, with who is asked about and who asks: what nobody is to learn is made here. */
  prepare(rounds: number): Promise<PreparedQuestion>;
}

export interface PreparedQuestion {
  /** Ends what was started for it. */
  close?(): Promise<void>;
  /** One question of one round. In a round every question has the same asker. */
  ask(kind: Kind, round: number, place: number): Promise<Asked>;
}
