import { expect, it } from '@jest/globals';
import type { Answer } from './raw-device.js';

export interface Refusal {
  readonly name: string;
  readonly ask: () => Promise<Answer>;
  readonly status: number;
  readonly code: string;
  /** JSON pointer of the field at fault. */
  readonly pointer?: string;
}

/** One row of a table of refusals. */
export const refusal = (
  name: string,
  ask: () => Promise<Answer>,
  status: number,
  code: string,
  pointer?: string,
): Refusal => ({
  name,
  ask,
  status,
  code,
  ...(pointer === undefined ? {} : { pointer }),
});

/** The right problem document (RFC 9457) for what is wrong, at the field at fault. */
export function expectProblem(answer: Answer, { status, code, pointer }: Omit<Refusal, 'name' | 'ask'>): void {
  expect({ ...answer.document, answered: answer.status, contentType: answer.contentType }).toMatchObject({
    answered: status,
    contentType: 'application/problem+json',
    type: `urn:causeway:problem:${code}`,
    title: expect.any(String),
    status,
    code,
    ...(pointer === undefined ? {} : { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
  });
}

/** One test per row. */
export const refuses = (rows: readonly Refusal[]): void => {
  it.each(rows)('$name', async ({ ask, ...expected }) => expectProblem(await ask(), expected));
};
