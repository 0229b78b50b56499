import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { utf8 } from '@causeway/message-model';
import { ManualClock, SILENT_LOGGER } from '@causeway/platform';
import { Events, Metrics, ProblemFilter } from '@causeway/platform/server';
import { inspect } from 'node:util';
import { MediaController } from './media.controller.js';
import { MediaLinks } from './media-links.js';

const PNG = { contentType: 'image/png', content: utf8('a picture of the beach') };
const clock = new ManualClock();
let metrics: Metrics;
let links: MediaLinks;
let app: NestFastifyApplication;
let origin: string;

@Module({ controllers: [MediaController], providers: [{ provide: MediaLinks, useFactory: () => links }] })
class MediaModule {}

beforeEach(async () => {
  metrics = new Metrics();
  links = new MediaLinks(clock, metrics, 'https://bridge.example');
  app = await NestFactory.create<NestFastifyApplication>(MediaModule, new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new ProblemFilter(new Events(SILENT_LOGGER, metrics)));
  await app.listen(0, '127.0.0.1');
  origin = await app.getUrl();
});
afterEach(() => app.close());

const made = (file = PNG) => {
  const link = links.make(file);
  if (!link) throw new Error('no room');
  return link;
};
const local = (link: ReturnType<typeof made>): string => link.url.reveal().replace('https://bridge.example', origin);

describe('a link to a file', () => {
  it('opens once, with its type, kept by nobody on the way', async () => {
    const link = made();
    expect(link).toMatchObject({ contentType: 'image/png', sizeBytes: PNG.content.length });
    const first = await fetch(local(link));
    expect([first.status, first.headers.get('content-type'), await first.text()]).toEqual([
      200,
      'image/png',
      'a picture of the beach',
    ]);
    expect(first.headers.get('cache-control')).toContain('no-store');
    expect((await fetch(local(link))).status).toBe(404);
    expect(await metrics.text()).toContain('causeway_media_links_total{outcome="opened"} 1');
  });

  it('opens nothing from the deadline of its message on', async () => {
    const link = links.make(PNG, clock.nowMs() + 5_000);
    if (!link) throw new Error('no room');
    clock.advanceSeconds(4);
    expect((await fetch(local(link), { method: 'HEAD' })).status).toBe(200);
    clock.advanceSeconds(1);
    expect((await fetch(local(link))).status).toBe(404);
  });

  it('opens for one of many who come at once', async () => {
    const link = made();
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(local(link))).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it('is not used up by asking what it leads to', async () => {
    const link = made();
    const asked = await fetch(local(link), { method: 'HEAD' });
    expect([asked.status, asked.headers.get('content-length')]).toEqual([200, String(PNG.content.length)]);
    expect((await fetch(local(link))).status).toBe(200);
  });

  it('is over after five minutes, whether or not anyone comes', async () => {
    const link = made();
    clock.advanceMs(299_999);
    expect((await fetch(local(link), { method: 'HEAD' })).status).toBe(200);
    clock.advanceMs(1);
    expect((await fetch(local(link))).status).toBe(404);
    made();
    clock.advanceMs(300_000);
    links.forgetExpired();
    expect(await metrics.text()).toContain('causeway_media_links_total{outcome="expired"} 2');
  });

  it('is refused when the edge holds as much as it may, and again possible when some left', () => {
    const large = { contentType: 'video/mp4', content: new Uint8Array(50_000_000) };
    const first = made(large);
    made(large);
    expect(links.make(PNG)).toBeUndefined();
    links.open(first.url.reveal().split('/').at(-1) ?? '');
    expect(links.make(PNG)).toBeDefined();
  });

  it('cannot be guessed and is not printed', async () => {
    const link = made();
    expect(link.url.reveal()).toMatch(/\/media\/[A-Za-z0-9_-]{43}$/);
    expect(inspect(link)).not.toContain('/media/');
    expect((await fetch(`${origin}/media/${'A'.repeat(43)}`)).status).toBe(404);
  });
});
