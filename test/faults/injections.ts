import { AT_PROCESSES } from './injections-at-processes.js';
import { AT_LINKS } from './injections-at-links.js';
import { AT_STORES } from './injections-at-stores.js';
import { atCarrier } from './injections-at-carrier.js';
import { AT_RCS } from './injections-at-rcs.js';
import type { Injection } from './injection.js';

/** Everything that can go wrong here. Lists of the carrier lag by up to so many seconds. */
export const injections = (lagSeconds: number): readonly Injection[] => [
  ...AT_PROCESSES,
  ...AT_STORES,
  ...AT_LINKS,
  ...atCarrier(lagSeconds),
  ...AT_RCS,
];
