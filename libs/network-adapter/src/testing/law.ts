import type { AdapterHarness } from './adapter-harness.js';

/** One promise every adapter keeps, checkable without a test framework. */
export interface Law {
  /** Stable, kebab-case: reports name it. */
  readonly name: string;
  /** A sentence that completes "an adapter ...". */
  readonly what: string;
  /** What goes wrong for people when it is broken. */
  readonly why: string;
  /** Throws an assertion error when the law is broken. */
  readonly check: (harness: AdapterHarness) => Promise<void>;
}
