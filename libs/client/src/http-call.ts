import { problemSchema, toWireJson } from '@causeway/api-contract';
import { z } from 'zod';
import { backoffMs, pause } from './backoff.js';
import { isLimit } from './limits.js';
import { exchange, type HttpAnswer } from './http-exchange.js';
import { GatewayUnreachableError, ProblemError } from './problem-error.js';

export interface Call<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly json?: string;
  /** As an RFC 8941 string in the Idempotency-Key header. */
  readonly idempotencyKey?: string;
  readonly answer: z.ZodType<T>;
}

export interface HttpOptions {
  readonly gateway: string;
  readonly token?: string;
  readonly timeoutMs?: number;
  /** Calls in all, the first included. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/** For calls that are answered without a body. */
export const NO_ANSWER = z.unknown().transform((): void => undefined);

const RETRY = { firstMs: 200, longestMs: 5000 };
/** A gateway that asks for more patience than this gets a new call later, by whoever called. */
const LONGEST_RETRY_AFTER_MS = 10_000;
export const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_ATTEMPTS = 4;

/**
 * One call of the contract, repeated on network errors, 5xx and 429. That is safe for every call of the contract: reads,
 * replacements, and posts that carry an idempotency key or ids of our own.
 */
export async function callGateway<T>(call: Call<T>, options: HttpOptions): Promise<T> {
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await callOnce(call, options);
    if (outcome.kind === 'answer') return outcome.value;
    const waitMs = outcome.retryAfterMs ?? backoffMs(attempt, RETRY);
    const isOver = attempt + 1 >= attempts || waitMs > LONGEST_RETRY_AFTER_MS;
    if (isOver || options.signal?.aborted) throw outcome.error;
    await pause(waitMs, options.signal);
  }
}

type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'retry'; readonly error: Error; readonly retryAfterMs: number | undefined };

async function callOnce<T>(call: Call<T>, options: HttpOptions): Promise<Outcome<T>> {
  const body = call.json ?? (call.body === undefined ? undefined : toWireJson(call.body));
  let answered: HttpAnswer;
  try {
    answered = await exchange({
      url: new URL(call.path, options.gateway),
      method: call.method,
      headers: headersOf(call, options, body !== undefined),
      body,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: options.signal,
    });
  } catch (cause) {
    return { kind: 'retry', error: new GatewayUnreachableError({ cause }), retryAfterMs: undefined };
  }
  const { status, text, retryAfter } = answered;
  if (status >= 200 && status < 300) return readAnswer(call, text);
  const error = readProblem(status, text);
  // a redirection, too, is no gateway that answers
  const isLimited = error instanceof ProblemError && isLimit(error);
  if (isLimited || (status >= 400 && status < 500 && status !== 429)) throw error;
  return { kind: 'retry', error, retryAfterMs: retryAfterMs(retryAfter) };
}

function headersOf(call: Call<unknown>, options: HttpOptions, hasBody: boolean): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
    ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
    ...(call.idempotencyKey ? { 'idempotency-key': `"${call.idempotencyKey}"` } : {}),
  };
}

function readAnswer<T>(call: Call<T>, text: string): Outcome<T> {
  const read = call.answer.safeParse(parseJson(text));
  if (!read.success) throw new GatewayUnreachableError({ cause: read.error });
  return { kind: 'answer', value: read.data };
}

export function readProblem(status: number, text: string): Error {
  const document = parseJson(text);
  const problem = problemSchema.safeParse(document);
  if (!problem.success)
    return new GatewayUnreachableError({ cause: new Error(`HTTP ${status} without a problem document`) });
  return new ProblemError(problem.data, z.record(z.string(), z.unknown()).parse(document));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = header === undefined ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
