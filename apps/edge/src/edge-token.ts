/** Injection token of the opened edge. */
export const EDGE = Symbol('edge');
