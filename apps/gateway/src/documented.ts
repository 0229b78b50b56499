import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { problemSchema } from '@causeway/api-contract';
import { PROBLEMS, type ProblemCode } from '@causeway/message-model';
import type { z } from 'zod';

interface Documentation {
  readonly summary: string;
  readonly description?: string;
  readonly status: number;
  readonly answer?: z.ZodType;
  readonly problems?: readonly ProblemCode[];
  readonly isPublic?: boolean;
}

/** One line per operation says what it answers and how it can refuse: the same schemas that validate also document. */
export function Documented(documentation: Documentation): MethodDecorator {
  const { summary, description, status, answer, isPublic } = documentation;
  const codes: readonly ProblemCode[] = [
    ...(documentation.problems ?? []),
    'invalid-request',
    ...(isPublic ? [] : (['unauthorized'] as const)),
  ];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return applyDecorators(
    ApiOperation(description === undefined ? { summary } : { summary, description }),
    ApiResponse(answer ? { status, standardSchema: answer, description: 'Done' } : { status, description: 'Done' }),
    ...statuses.map((problemStatus) =>
      ApiResponse({
        status: problemStatus,
        standardSchema: problemSchema,
        description: sentences(codes, problemStatus),
      }),
    ),
    ...(isPublic ? [] : [ApiBearerAuth()]),
  );
}

const sentences = (codes: readonly ProblemCode[], status: number): string =>
  codes
    .filter((code) => PROBLEMS[code].status === status)
    .map((code) => `\`${code}\`: ${PROBLEMS[code].title}`)
    .join('; ');
