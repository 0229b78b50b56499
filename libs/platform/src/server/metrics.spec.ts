import { describe, expect, it } from '@jest/globals';
import { METRICS, type MetricRow } from './metrics-table.js';
import { Metrics } from './metrics.js';

describe('the metrics', () => {
  it('count, set and observe under their declared names', async () => {
    const metrics = new Metrics();
    metrics.increment('causeway_lane_wakes_total', { track: 'native', cause: 'accept' }, 5);
    metrics.set('causeway_device_sockets', {}, 2);
    metrics.observe('causeway_http_request_seconds', { route: 'none' }, 0.2);
    const text = await metrics.text();
    expect(text).toContain('causeway_lane_wakes_total{track="native",cause="accept"} 5');
    expect(text).toContain('causeway_device_sockets 2');
    expect(text).toContain('causeway_http_request_seconds_count{route="none"} 1');
  });

  it('keep two processes in one program apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.set('causeway_device_sockets', {}, 7);
    expect(await other.text()).not.toContain('causeway_device_sockets 7');
  });

  it.each(Object.entries<MetricRow>(METRICS))('names %s by the rules', (name, row) => {
    expect(name).toMatch(/^causeway_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(row.kind === 'counter');
    if (row.kind === 'histogram') expect(row.buckets?.length).toBeGreaterThan(0);
    for (const label of row.labels) expect(label).not.toMatch(/(^|_)(id|number|phone|account|user|message)($|_)/);
  });
});
