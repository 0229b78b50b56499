import { z } from 'zod';

const schemaShape = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  pattern: z.string().optional(),
  contentEncoding: z.string().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
});
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const operationShape = z.looseObject({
  security: z.array(z.unknown()).optional(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).optional(),
  requestBody: z
    .looseObject({ content: z.looseObject({ 'application/json': z.looseObject({ schema: z.unknown() }) }) })
    .optional(),
});
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operationShape)),
});

/** What a name stands for in a request: `path` is that of the operation, with its braces. Undefined leaves it to the schema. */
export type Things = (name: string, path: string) => string | undefined;

export interface GeneratedRequest {
  /** Method and path, as the document writes them. */
  readonly operation: string;
  readonly method: string;
  /** Which of the forms that the schema allows. */
  readonly form: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Every request that an OpenAPI document describes for a device: each form of each operation, with `things` in the places of ids. */
export function generateRequests(document: unknown, things: Things): readonly GeneratedRequest[] {
  const { paths } = documentShape.parse(document);
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation || operation.security === undefined || path.startsWith('/v1/operator/')) return [];
      const { parameters = [], requestBody } = operation;
      const asked = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
      const query = asked.flatMap((name) => {
        const thing = things(name, path);
        return thing === undefined ? [] : [`${name}=${encodeURIComponent(thing)}`];
      });
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => things(name, path) ?? 'x');
      const url = query.length === 0 ? filled : `${filled}?${query.join('&')}`;
      const headers = { 'idempotency-key': `"${things('messageId', path) ?? ''}"` };
      const bodies = requestBody ? formsOf(requestBody.content['application/json'].schema, '', { things, path }) : [];
      const base = { operation: `${method} ${path}`, method: method.toUpperCase(), url, headers };
      return bodies.length === 0 ? [{ ...base, form: 0 }] : bodies.map((body, form) => ({ ...base, form, body }));
    }),
  );
}

interface Filling {
  readonly things: Things;
  readonly path: string;
}

function formsOf(schema: unknown, name: string, filling: Filling): readonly unknown[] {
  const { type, oneOf, anyOf, properties, required = [], items, ...rest } = schemaShape.parse(schema ?? {});
  const forms = oneOf ?? anyOf;
  if (forms) return forms.flatMap((form) => formsOf(form, name, filling));
  if (type === 'object') {
    let made: readonly Record<string, unknown>[] = [{}];
    for (const [key, inner] of Object.entries(properties ?? {})) {
      if (!required.includes(key) && filling.things(key, filling.path) === undefined) continue;
      const values = formsOf(inner, key, filling);
      made = made.flatMap((so) => values.map((value) => ({ ...so, [key]: value })));
    }
    return made;
  }
  if (type === 'array') return formsOf(items, name, filling).map((item) => [item]);
  if (rest.enum) return [rest.enum[0]];
  return [leaf(name, { type, ...rest }, filling)];
}

function leaf(name: string, schema: z.infer<typeof schemaShape>, { things, path }: Filling): unknown {
  if (name === 'deliverBefore') return Math.floor(Date.now() / 1000) + 3600;
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (schema.type === 'boolean') return true;
  if (schema.type === 'null') return null;
  const { maxLength = 22 } = schema;
  return (
    things(name, path) ?? (schema.pattern?.includes('\\d{6}') ? '000000' : 'A'.repeat(maxLength > 100 ? 44 : maxLength))
  );
}
