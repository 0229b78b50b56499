import { CausewayError } from './causeway-error.js';

/** `detail` names the rule, never a value that was found. */
export function malformed(detail: string, pointer?: string): CausewayError {
  return new CausewayError('malformed-content', pointer === undefined ? { detail } : { detail, pointer });
}

/** `Array.isArray` makes `any` of what it finds. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Stops at the first rule that does not hold. */
export function demand(holds: boolean, detail: string, pointer?: string): asserts holds {
  if (!holds) throw malformed(detail, pointer);
}
