import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openChallengeKeys } from '../../apps/gateway/src/challenge-keys.js';
import { GatewayModule } from '../../apps/gateway/src/gateway.module.js';
import { loadConfig, Secret } from '@causeway/platform';
import { closeProcess, openProcess } from '@causeway/process-context';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { join } from 'node:path';
import { z } from 'zod';
import { RawDevice, say } from '../support/raw-device.js';
import { World } from '../support/world.js';

const operationSchema = z.looseObject({
  operationId: z.string().min(1),
  summary: z.string().min(1),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), z.looseObject({ description: z.string() })),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.enum(['path', 'query', 'header', 'cookie']),
        required: z.boolean().optional(),
      }),
    )
    .optional(),
});
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const documentSchema = z.looseObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.looseObject({ title: z.string().min(1), version: z.string().min(1) }),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(METHODS), operationSchema)),
  components: z.looseObject({ securitySchemes: z.looseObject({}) }),
});

/** What watches a process asks; not part of the API. */
const FOR_MACHINES = ['get /healthz', 'get /metrics', 'get /readyz'];

let world: World;
let document: z.infer<typeof documentSchema>;

beforeAll(async () => {
  world = await World.start();
  document = documentSchema.parse((await say(`${world.gatewayUrl}/openapi.json`, 'GET')).document);
}, 90_000);
afterAll(async () => world.close(), 30_000);

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );

/** Every schema of the document, wherever it stands. */
function schemasIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name === 'schema' && typeof inner === 'object' && inner !== null ? [inner] : schemasIn(inner),
  );
}

/** The routes Fastify has when the gateway runs, as the document writes them. */
async function routesOfTheGateway(): Promise<readonly string[]> {
  const config = loadConfig({
    CAUSEWAY_DATA_FOLDER: join(world.folder, 'data'),
    CAUSEWAY_DATABASE_URL: world.databaseUrl,
    CAUSEWAY_LOG_LEVEL: 'silent',
  });
  const context = await openProcess({ name: 'gateway', config, databaseUrl: world.databaseUrl });
  const adapter = new FastifyAdapter();
  const routes: string[] = [];
  adapter.getInstance().addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat())
      if (each !== 'HEAD') routes.push(`${each.toLowerCase()} ${url.replaceAll(/:([^/]+)/g, '{$1}')}`);
  });
  const challengeKeys = await openChallengeKeys(config);
  const module = GatewayModule.with({ context, operatorToken: new Secret('for this test'), challengeKeys });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, abortOnError: false });
  await app.init();
  await app.close();
  await closeProcess(context);
  return routes;
}

describe('the OpenAPI document', () => {
  it('lists every route that the gateway has, and no other', async () => {
    const listed = operations().map(({ method, path }) => `${method} ${path}`);
    const routes = await routesOfTheGateway();
    expect([...listed, ...FOR_MACHINES].toSorted()).toEqual(routes.toSorted());
  }, 30_000);

  it('names every operation once, with its answers, its refusals and the parameters of its path', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, method, operation } of operations()) {
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect({ path, method, declared }).toEqual({ path, method, declared: named });
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
      expect(statuses).toContain('400');
    }
  });

  it('has only schemas that are JSON Schema 2020-12 and references that lead somewhere', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schemas = schemasIn(document.paths);
    expect(schemas.length).toBeGreaterThan(40);
    for (const schema of schemas) expect(ajv.validateSchema(schema)).toBe(true);
    const text = JSON.stringify(document);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference
        .split('/')
        .reduce<unknown>(
          (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
          document,
        );
      expect({ reference, isThere: target !== undefined }).toEqual({ reference, isThere: true });
    }
  });

  it('describes a request that the gateway takes and one that it refuses', async () => {
    const send = document.paths['/v1/messages']?.post;
    const [schema] = schemasIn(send?.['requestBody']);
    if (!schema) throw new Error('the document describes no message');
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const device = await RawDevice.register(world.gatewayUrl, world.handle('described'));
    const message = device.header();
    expect(validate(message)).toBe(true);
    expect((await device.send(message)).status).toBe(202);
    const wrong = device.header({ deliverBefore: 'tomorrow' });
    expect(validate(wrong)).toBe(false);
    expect((await device.send(wrong)).status).toBe(400);
  });

  it('is readable by people', async () => {
    const page = await say(`${world.gatewayUrl}/docs`, 'GET');
    expect(page).toMatchObject({ status: 200, contentType: expect.stringContaining('text/html') });
    expect(page.text).toContain('Causeway API');
  });
});

describe('the metrics', () => {
  it('have no label that says who', async () => {
    const device = await RawDevice.register(world.gatewayUrl, world.handle('measured'));
    const { document: accepted } = await device.send(device.header());
    await device.call('GET', `/v1/messages/${String(accepted['id'])}`);
    await say(`${world.gatewayUrl}/v1/messages/${String(accepted['id'])}`, 'GET');
    const { text, contentType, status } = await say(`${world.gatewayUrl}/metrics`, 'GET');
    expect({ status, contentType }).toEqual({ status: 200, contentType: expect.stringContaining('text/plain') });
    const labels = [...text.matchAll(/[{,]([a-zA-Z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => ({
      name,
      value,
    }));
    expect(labels.length).toBeGreaterThan(3);
    const ofPeople = [
      device.account,
      device.address,
      world.handle('measured'),
      String(accepted['id']),
      String(accepted['messageId']),
    ];
    expect(labels.filter(({ value }) => ofPeople.some((secret) => value.includes(secret)))).toEqual([]);
    expect(
      labels.filter(({ value }) =>
        /\+\d{6,}|[arcl]_[A-Za-z0-9_-]{22}|[mi][0-9a-z]{6}[A-Za-z0-9_-]{22}|mimi:|tel:/.test(value),
      ),
    ).toEqual([]);
    expect(
      [...new Set(labels.map(({ name }) => name))].filter((name) =>
        /account|device|message_?id|contact|address|number|user|phone/i.test(name),
      ),
    ).toEqual([]);
  });
});
