import { permitsDelivery, reducePair } from '@causeway/message-model';
import { checkStatementForm } from '@causeway/signal-protocol';
import { chooseRoute, type Route } from '../choose-route.js';
import { linkedWays } from '../linked-ways.js';
import { VETOES } from '../route-vetoes.js';
import { permitsLed } from './other-account.js';

/** The parts under test; a planted fault replaces one. */
export interface Parts {
  readonly vetoes: typeof VETOES;
  readonly atDelivery: typeof VETOES;
  readonly reducePair: typeof reducePair;
  readonly permitsDelivery: typeof permitsDelivery;
  readonly checkStatementForm: typeof checkStatementForm;
  /** Whether the link of a number is one at this time. */
  readonly isLinked: (link: { readonly until: number; readonly now: number }) => boolean;
  /** Whether a contact that came through an alias is there: which opening of it, and which there is now. */
  readonly isThere: (contact: { readonly alias: number; readonly open: number | undefined }) => boolean;
  /** Whether two accounts are linked at this time. */
  readonly isTied: (tie: { readonly until: number; readonly now: number }) => boolean;
  readonly linkedWays: typeof linkedWays;
  readonly permitsLed: typeof permitsLed;
  readonly isUsable: (use: {
    readonly isRevoked: boolean;
    readonly usedBy: string | undefined;
    readonly by: string;
  }) => boolean;
  readonly chooseRoute: (...asked: [...Parameters<typeof chooseRoute>, { readonly isStopped: boolean }]) => Route;
}

export const REAL: Parts = {
  vetoes: VETOES,
  atDelivery: VETOES,
  reducePair,
  permitsDelivery,
  checkStatementForm,
  isLinked: ({ until, now }) => now < until,
  isThere: ({ alias, open }) => alias === open,
  isTied: ({ until, now }) => now < until,
  linkedWays,
  permitsLed,
  isUsable: ({ isRevoked, usedBy, by }) => !isRevoked && (usedBy === undefined || usedBy === by),
  chooseRoute: (question, vetoes) => chooseRoute(question, vetoes),
};
