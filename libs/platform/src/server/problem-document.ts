import { HttpException } from '@nestjs/common';
import { CausewayError, PROBLEMS, type ProblemCode } from '@causeway/message-model';

/** An answer in the form of RFC 9457, `application/problem+json`. */
export interface ProblemDocument {
  /** `urn:causeway:problem:<code>`: names the kind of problem, leads nowhere. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly { readonly detail: string; readonly pointer: string }[];
  readonly [extension: string]: unknown;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Statuses of the framework (unknown route, wrong method, body too large, not JSON ...) and what we call them. */
const CODE_OF_STATUS: ReadonlyMap<number, ProblemCode> = new Map([
  [400, 'invalid-request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [413, 'payload-too-large'],
  [415, 'unsupported-media-type'],
  [429, 'rate-limited'],
  [503, 'unavailable'],
]);

/** Whatever was thrown, as a problem. The words of a framework's or a driver's error are never shown: they may quote the request. */
export function problemOf(thrown: unknown): CausewayError {
  if (thrown instanceof CausewayError) return thrown;
  return new CausewayError(CODE_OF_STATUS.get(statusOf(thrown)) ?? 'internal');
}

/** Fastify's errors say their status in `statusCode`, Nest's in `getStatus`. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const hasStatus = typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown;
  return hasStatus && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
}

export function problemDocument(problem: CausewayError): ProblemDocument {
  const { pointer, detail, extensions } = problem.details;
  return {
    type: `urn:causeway:problem:${problem.code}`,
    title: PROBLEMS[problem.code].title,
    status: problem.status,
    code: problem.code,
    ...(detail === undefined ? {} : { detail }),
    ...(pointer === undefined ? {} : { errors: [{ detail: detail ?? PROBLEMS[problem.code].title, pointer }] }),
    ...extensions,
  };
}
