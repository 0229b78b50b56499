import type { Scenario } from '../scenario.js';
import { accounts } from './accounts.js';
import { backlog } from './backlog.js';
import { failedHead } from './failed-head.js';
import { fairness } from './fairness.js';
import { guard } from './guard.js';
import { hour } from './hour.js';
import { limits } from './limits.js';
import { live } from './live.js';
import { memory } from './memory.js';
import { purge } from './purge.js';
import { native } from './native.js';
import { roundTrips } from './round-trips.js';
import { routes } from './routes.js';
import { sockets } from './sockets.js';

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  limits,
  native,
  roundTrips,
  live,
  backlog,
  accounts,
  sockets,
  failedHead,
  memory,
  fairness,
  routes,
  guard,
  purge,
  hour,
];
