import type { Problem } from '@causeway/api-contract';

/**
 * A request the gateway refused (RFC 9457). `code` is stable; repeating the same request does not help, except for
 * `rate-limited` and `unavailable`, which were already repeated before this was thrown.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: string;
  readonly status: number;
  readonly errors: NonNullable<Problem['errors']>;

  constructor(
    problem: Problem,
    /** The whole problem document, with the members a code adds. */
    readonly document: Readonly<Record<string, unknown>>,
  ) {
    super(problem.detail ?? problem.title);
    this.code = problem.code;
    this.status = problem.status;
    this.errors = problem.errors ?? [];
  }
}

/** The gateway gave no answer that we understand; whether it acted is not known. Repeating the request is safe and may help. */
export class GatewayUnreachableError extends Error {
  override readonly name = 'GatewayUnreachableError';
  constructor(options?: ErrorOptions) {
    super('the gateway is not reachable', options);
  }
}

/** The gateway may answer otherwise in a while: nothing is wrong with the request. */
export const isTemporary = (error: unknown): boolean =>
  error instanceof GatewayUnreachableError ||
  (error instanceof ProblemError && (error.status === 429 || error.status >= 500));
