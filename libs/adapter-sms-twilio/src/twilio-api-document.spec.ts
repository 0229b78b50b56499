import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { newOutbound, openAttempt, startSimulatedTwilio } from './testing/simulated-twilio.js';

const DOCUMENT = join(process.cwd(), '../shared/vectors/twilio/twilio_api_v2010.json');

const PROPERTY = z.looseObject({
  type: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  $ref: z.string().optional(),
});
type Property = z.infer<typeof PROPERTY>;
const PROPERTIES = z.looseObject({
  paths: z.record(z.string(), z.looseObject({ post: z.unknown().optional() })),
  components: z.looseObject({ schemas: z.record(z.string(), PROPERTY) }),
});
const CREATE = z.looseObject({
  requestBody: z.looseObject({
    content: z.record(
      z.string(),
      z.looseObject({
        schema: z.looseObject({ properties: z.record(z.string(), PROPERTY), required: z.array(z.string()).optional() }),
      }),
    ),
  }),
});

function isOfType(value: string, property: Property): boolean {
  if (property.enum) return property.enum.includes(value);
  switch (property.type) {
    case 'integer':
      return /^-?\d+$/.test(value);
    case 'boolean':
      return value === 'true' || value === 'false';
    default:
      return property.format !== 'uri' || URL.canParse(value);
  }
}

describe('our create request', () => {
  if (!existsSync(DOCUMENT)) {
    process.stdout.write(`Skipped: Twilio's OpenAPI document, there is no ${DOCUMENT}\n`);
    it.skip('is compared with the document of Twilio only where that lies beside the project', () => undefined);
    return;
  }

  it("has only parameters of Twilio's own document, of their types, and all it requires", async () => {
    const document = PROPERTIES.parse(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
    const create = CREATE.parse(document.paths['/2010-04-01/Accounts/{AccountSid}/Messages.json']?.post);
    const schema = create.requestBody.content['application/x-www-form-urlencoded']?.schema;
    const resolve = (property: Property): Property =>
      document.components.schemas[property.$ref?.split('/').at(-1) ?? ''] ?? property;

    const twilio = await startSimulatedTwilio();
    try {
      await twilio.adapter().deliver({ ...newOutbound('Grüße 👋'), expiresAtMs: Date.now() + 90_000 }, openAttempt());
      const { entries } = await twilio.get('/log');
      const form = entries.find((entry) => entry.call === 'create')?.form ?? {};
      for (const [name, value] of Object.entries(form)) {
        const property = schema?.properties[name];
        expect([name, property !== undefined && isOfType(value, resolve(property))]).toEqual([name, true]);
      }
      expect(Object.keys(form)).toEqual(expect.arrayContaining(schema?.required ?? []));
      expect(Object.keys(form)).toEqual(
        expect.arrayContaining(['To', 'From', 'Body', 'StatusCallback', 'ValidityPeriod']),
      );
    } finally {
      await twilio.close();
    }
  });
});
