import type { Scenario } from '../scenario.js';
import { limits } from './limits.js';
import { native } from './native.js';
import { roundTrips } from './round-trips.js';

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [limits, native, roundTrips];
