import { StandardSchemaValidationPipe } from '@nestjs/common';
import { CausewayError } from '@causeway/message-model';

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

const MOST_ERRORS = 20;

/**
 * The pipe for `@Body({ schema })` and its like: a request that does not fit its Zod schema is `invalid-request`, with one
 * `{detail, pointer}` per fault. `useGlobalPipes(requestValidation())`.
 */
export const requestValidation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues) });

/** The issues of a Standard Schema (Zod) as a refusal. Zod's messages name types and limits, never the value. */
export function invalidRequest(issues: readonly SchemaIssue[]): CausewayError {
  const errors = issues
    .slice(0, MOST_ERRORS)
    .map(({ message, path }) => ({ detail: message, pointer: pointerOf(path ?? []) }));
  return new CausewayError('invalid-request', { extensions: { errors } });
}

/** RFC 6901. */
const pointerOf = (path: NonNullable<SchemaIssue['path']>): string =>
  path
    .map(
      (part) =>
        `/${String(typeof part === 'object' ? part.key : part)
          .replaceAll('~', '~0')
          .replaceAll('/', '~1')}`,
    )
    .join('');
