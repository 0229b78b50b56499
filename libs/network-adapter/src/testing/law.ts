import type { AdapterHarness } from './adapter-harness.js';

/** A condition under which a law speaks about an adapter at all. */
export interface Applicability {
  /** Completes "applies only where ...". */
  readonly words: string;
  readonly holds: (harness: AdapterHarness) => boolean | Promise<boolean>;
}

/** One promise every adapter keeps, checkable without a test framework. */
export interface Law {
  /** Stable, kebab-case: reports name it. */
  readonly id: string;
  /** A sentence that completes "an adapter ...". */
  readonly what: string;
  /** What goes wrong for people when it is broken. */
  readonly why: string;
  /** All of them must hold; absent: always. A law that does not apply is reported as such, never as kept. */
  readonly when?: readonly Applicability[];
  /** Throws when the law is broken. The harness is fresh, and is disposed of by the caller. */
  readonly check: (harness: AdapterHarness) => Promise<void>;
}
