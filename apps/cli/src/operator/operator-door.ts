import { problemSchema } from '@causeway/api-contract';
import { loadConfig, operatorToken, StartupProblem } from '@causeway/platform';
import type { z } from 'zod';
import type { Invocation } from '../command.js';

export const OPERATOR_OPTIONS = { gateway: 'text' } as const;

const ANSWER_WITHIN_MS = 15_000;

/**
 * One call as the operator: to the gateway of these settings, or the one that `--gateway` names, with the token that they or the data folder
 * have.
 */
export async function askAsOperator<Schema extends z.ZodType>(
  invocation: Invocation,
  call: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown; readonly answer: Schema },
): Promise<z.output<Schema>> {
  const config = loadConfig(invocation.env);
  const token = await operatorToken(config);
  const gateway = invocation.option('gateway') ?? `http://127.0.0.1:${String(config.httpPort)}`;
  let answer: Response;
  try {
    answer = await fetch(new URL(call.path, gateway), {
      method: call.method,
      headers: { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  } catch (cause) {
    throw new StartupProblem('The gateway does not answer.', 'Is it running, and is --gateway right?', { cause });
  }
  const document: unknown = await answer.json();
  if (answer.ok) return call.answer.parse(document);
  const problem = problemSchema.safeParse(document);
  const why = problem.success ? `${problem.data.title} (${problem.data.code})` : `HTTP ${String(answer.status)}`;
  throw new StartupProblem(`The gateway refused: ${why}.`, 'See causeway operator decisions.');
}
