import { z } from 'zod';
import type { RecordedCall } from './recorded-calls.js';

const PROPERTY = z.looseObject({
  type: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
  items: z.looseObject({ format: z.string().optional() }).optional(),
  $ref: z.string().optional(),
});
type Property = z.infer<typeof PROPERTY>;

const FORM = z.looseObject({
  properties: z.record(z.string(), PROPERTY),
  required: z.array(z.string()).optional(),
});
const OPERATION = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: PROPERTY })).optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: FORM })) }).optional(),
});
const DOCUMENT = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), PROPERTY) }),
});

/** Twilio's OpenAPI document, to judge calls by. */
export function readApiDocument(json: string) {
  const { paths, components } = DOCUMENT.parse(JSON.parse(json));
  const resolved = (property: Property): Property =>
    components.schemas[property.$ref?.split('/').at(-1) ?? ''] ?? property;

  const isOfType = (value: string, given: Property): boolean => {
    const property = resolved(given);
    if (property.enum) return property.enum.includes(value);
    if (property.pattern !== undefined && !new RegExp(property.pattern).test(value)) return false;
    switch (property.type) {
      case 'integer':
        return /^-?\d+$/.test(value);
      case 'boolean':
        return value === 'true' || value === 'false';
      case 'array':
        return property.items?.format !== 'uri' || URL.canParse(value);
      default:
        if (property.format === 'date-time') return !Number.isNaN(Date.parse(value));
        return property.format !== 'uri' || URL.canParse(value);
    }
  };

  /** Names in a template stand for one piece of a path without slashes. */
  const templateOf = ({ path }: RecordedCall): string | undefined =>
    Object.keys(paths)
      .filter((template) => {
        const pattern = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+?');
        return new RegExp(`^${pattern}$`).test(path);
      })
      // the one with the fewest names is the most exact
      .toSorted((a, b) => a.split('{').length - b.split('{').length)[0];

  const faultsIn = (given: URLSearchParams, known: Readonly<Record<string, Property>>): readonly string[] =>
    [...given].flatMap(([name, value]) => {
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      if (!property) return [`${name} is not in the document`];
      return isOfType(value, property) ? [] : [`${name} is of another type`];
    });

  return {
    templateOf,
    /** What the document says against a call; nothing when it is as described. */
    faultsOf(call: RecordedCall): readonly string[] {
      const described = paths[templateOf(call) ?? '']?.[call.method.toLowerCase()];
      if (described === undefined) return ['there is no such call'];
      const { parameters = [], requestBody } = OPERATION.parse(described);
      const query = Object.fromEntries(
        parameters.filter((parameter) => parameter.in === 'query').map(({ name, schema }) => [name, schema]),
      );
      const form = requestBody?.content['application/x-www-form-urlencoded']?.schema;
      const missing = (form?.required ?? []).filter((name) => !call.form.has(name));
      return [
        ...faultsIn(call.query, query),
        ...faultsIn(call.form, form?.properties ?? {}),
        ...missing.map((name) => `${name} is required`),
      ];
    },
  };
}
