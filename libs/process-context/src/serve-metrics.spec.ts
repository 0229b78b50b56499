import { afterEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '@causeway/platform/server';
import { serveMetrics, type MetricsDoor } from './serve-metrics.js';

const doors: MetricsDoor[] = [];
const serve = async (metricsPort: number | undefined): Promise<{ metrics: Metrics; door: MetricsDoor }> => {
  const metrics = new Metrics();
  const door = await serveMetrics(metrics, { metricsHost: '127.0.0.1', metricsPort });
  doors.push(door);
  return { metrics, door };
};

describe('figures of a process without another door', () => {
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
  });

  it('are what it counted, and its own memory', async () => {
    const { metrics, door } = await serve(0);
    metrics.increment('causeway_unknown_vendor_codes_total', { network: 'sms' });
    const answer = await fetch(`${door.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe(metrics.contentType);
    expect(text).toContain('causeway_unknown_vendor_codes_total{network="sms"} 1');
    expect(text).toContain('causeway_process_resident_memory_bytes');
    expect((await fetch(`${door.url}/healthz`)).status).toBe(200);
  });

  it('are nowhere unless a port is configured', async () => {
    expect((await serve(undefined)).door.url).toBeUndefined();
  });

  it('have no other page and take nothing', async () => {
    const { door } = await serve(0);
    expect((await fetch(`${door.url}/`)).status).toBe(404);
    expect((await fetch(`${door.url}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('are refused a port that is taken, with what to do', async () => {
    const { door } = await serve(0);
    const port = Number(new URL(door.url ?? '').port);
    await expect(serve(port)).rejects.toThrow(`Figures cannot be served on 127.0.0.1:${port}.`);
  });
});
