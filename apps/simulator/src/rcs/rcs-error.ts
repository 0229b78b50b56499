import { HttpException } from '@nestjs/common';

const STATUS_OF = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
} as const;

export type RcsErrorCode = keyof typeof STATUS_OF;

/** Finer than the status word, where one word has several causes. `ENCRYPTION_UNAVAILABLE` is this network's own. */
export type RcsErrorReason = 'ENCRYPTION_UNAVAILABLE' | 'USER_UNSUBSCRIBED' | 'UNKNOWN_AGENT' | 'NOT_REACHABLE_BY_RCS';

/** An answer in the shape of Google's REST errors: `error.code`, `message`, `status`, `details`. */
export class RcsError extends HttpException {
  private constructor(code: string, httpStatus: number, message: string, reason?: RcsErrorReason) {
    const details =
      reason === undefined
        ? {}
        : { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'rcs.simulated' }] };
    super({ error: { code: httpStatus, message, status: code, ...details } }, httpStatus);
  }

  static of(code: RcsErrorCode, message: string, reason?: RcsErrorReason): RcsError {
    return new RcsError(code, STATUS_OF[code], message, reason);
  }

  /** A code from a fault script, known to this table or not. */
  static scripted(code: string): RcsError {
    const known = Object.entries(STATUS_OF).find(([word]) => word === code)?.[1];
    return new RcsError(code, known ?? 400, 'Scripted by the simulator');
  }
}
