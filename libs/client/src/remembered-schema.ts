import type { z } from 'zod';

/** Turns what a store holds into a record, or throws. */
export interface RecordSchema<T> {
  parse(value: unknown): T;
}

/**
 * A schema that judges one and the same object once. For rows that stay in memory and are never changed in place: what it
 * returns is frozen, since the next reader gets the same object.
 */
export function remembered<T extends object>(schema: z.ZodType<T>): RecordSchema<T> {
  const judged = new WeakMap<object, T>();
  return {
    parse: (value) => {
      const known = typeof value === 'object' && value !== null ? judged.get(value) : undefined;
      if (known) return known;
      const record = Object.freeze(schema.parse(value));
      if (typeof value === 'object' && value !== null) judged.set(value, record);
      return record;
    },
  };
}
