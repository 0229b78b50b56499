import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';
import { Residency } from './residency.js';

const folder = mkdtempSync(join(tmpdir(), 'causeway-residency-'));
afterAll(() => rmSync(folder, { recursive: true }));

const row = (country: string, verdict: string) => ({
  country,
  verdict,
  reason: `a reason for ${country}`,
  source: 'a law',
  reviewedOn: '2026-01-01',
});

function residency(countries: readonly object[], env: Readonly<Record<string, string>> = {}): Residency | undefined {
  const file = join(folder, `${countries.length}-${Math.random()}.json`);
  writeFileSync(file, JSON.stringify({ format: 'causeway-residency-v1', countries }));
  return Residency.read(loadConfig({ CAUSEWAY_RESIDENCY_FILE: file, ...env }));
}

describe('the reviewed list of storage countries', () => {
  const list = [row('DE', 'allowed'), row('FR', 'allowed'), row('FR', 'denied'), row('RU', 'denied')];

  it('lets a denial win, and denies what is not on it', () => {
    const read = residency(list);
    expect(['DE', 'FR', 'RU', 'US'].map((country) => read?.verdictOn(country).isAllowed)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(read?.verdictOn('FR').why).toContain('a reason for FR');
    expect(read?.verdictOn('US').why).toBe('not on the reviewed list');
  });

  it.each([
    ['undeclared', 'database=DE', ['database', 'queue'], /nobody declared where queue stores/],
    ['denied', 'database=RU', ['database'], /database in RU is denied: a reason for RU/],
    ['unknown', 'sms=US', ['sms'], /sms in US is not on the reviewed list/],
  ])('stops a start on a binding that is %s', (_what, countries, bindings, why) => {
    const read = residency(list, { CAUSEWAY_STORAGE_COUNTRIES: countries });
    expect(() => read?.refuseOutside(bindings)).toThrow(why);
    expect(() =>
      residency(list, { CAUSEWAY_STORAGE_COUNTRIES: 'database=DE' })?.refuseOutside(['database']),
    ).not.toThrow();
  });

  it('says of a route which country it leaves the region for', () => {
    expect(residency(list)?.leavesRegion('DE')).toEqual([]);
    expect(residency(list)?.leavesRegion('US')).toEqual(['US']);
  });

  it('claims nothing when there is none, and is refused when a row says too little', () => {
    expect(Residency.read(loadConfig({}))).toBeUndefined();
    expect(() => residency([{ country: 'DE', verdict: 'allowed' }])).toThrow('cannot be read');
    expect(() => residency([{ ...row('DE', 'allowed'), country: 'Germany' }])).toThrow('cannot be read');
    expect(() => residency([])).toThrow('cannot be read');
  });
});
