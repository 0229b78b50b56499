import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CausewayError } from '@causeway/message-model';
import { z } from 'zod';
import { Events } from './events.js';
import { SILENT_LOGGER } from '../logger.js';
import { Metrics } from './metrics.js';
import { ProblemFilter } from './problem-filter.js';
import { requestValidation } from './request-validation.js';

const bodySchema = z.strictObject({ to: z.object({ contact: z.string() }), count: z.number().max(3) });

@Controller()
class Throws {
  @Get('limited')
  limited(): never {
    throw new CausewayError('rate-limited', { detail: 'slow down', extensions: { retryAfterSeconds: 2.2 } });
  }

  @Get('crash')
  crash(): never {
    throw new Error('canary-7aa1');
  }

  @Post('validated')
  validated(@Body({ schema: bodySchema }) body: z.infer<typeof bodySchema>): z.infer<typeof bodySchema> {
    return body;
  }
}

@Module({ controllers: [Throws] })
class ThrowsModule {}

describe('an answer to a refused request', () => {
  let app: NestFastifyApplication;
  let url = '';

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(ThrowsModule, new FastifyAdapter({ bodyLimit: 1_000 }), {
      logger: false,
    });
    app.useGlobalFilters(new ProblemFilter(new Events(SILENT_LOGGER, new Metrics())));
    app.useGlobalPipes(requestValidation());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const post = (body: string, type = 'application/json'): Promise<Response> =>
    fetch(`${url}/validated`, { method: 'POST', body, headers: { 'content-type': type } });

  it('is a problem document with its extensions and Retry-After', async () => {
    const response = await fetch(`${url}/limited`);
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toEqual({
      type: 'urn:causeway:problem:rate-limited',
      title: 'Too many requests',
      status: 429,
      code: 'rate-limited',
      detail: 'slow down',
      retryAfterSeconds: 2.2,
    });
  });

  it('says nothing of a bug', async () => {
    const response = await fetch(`${url}/crash`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('canary-7aa1');
  });

  it('points at each fault of a body', async () => {
    const response = await post(JSON.stringify({ to: {}, count: 9, extra: 1 }));
    expect(response.status).toBe(400);
    const document = z
      .object({ code: z.string(), errors: z.array(z.object({ detail: z.string(), pointer: z.string() })) })
      .parse(await response.json());
    expect(document.code).toBe('invalid-request');
    expect(document.errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(['/to/contact', '/count']));
  });

  it.each([
    ['a body that is not JSON', () => post('{"to":'), 400, 'invalid-request'],
    ['another media type', () => post('<a/>', 'application/xml'), 415, 'unsupported-media-type'],
    ['a body that is too large', () => post(JSON.stringify({ x: 'y'.repeat(2_000) })), 413, 'payload-too-large'],
    ['an address nobody answers', () => fetch(`${url}/nowhere/canary-7aa1`), 404, 'not-found'],
  ])('names %s', async (_what, request, status, code) => {
    const response = await request();
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(text)).toMatchObject({ status, code });
    expect(text).not.toContain('canary-7aa1');
  });
});
