/**
 * How the steps of many lanes go as one statement. A lane alone never waits; under load a step waits for those of the other lanes, which is
 * short beside what a carrier takes. Milliseconds.
 */
export const BATCHES = { maxItems: 100, maxUnderWay: 1, gatherMs: 15, busyItems: 1 } as const;
