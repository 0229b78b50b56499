import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { SCENARIOS } from '../scenarios/index.js';
import { plotSvg } from './plot.js';
import { outcomeText } from './terminal.js';
import { replaceSection } from './write-documents.js';

const TARGET = { what: 'speed', wanted: '>= 2', measured: '1', isMet: false };

describe('what the benchmark reports', () => {
  it('says of a target that was missed that it was missed', () => {
    const text = outcomeText({ tables: [], targets: [TARGET, { ...TARGET, isMet: true }], plots: [], figures: {} });
    expect(text.split('\n').filter((line) => line.includes('speed'))).toEqual([
      expect.stringMatching(/ MISSED$/),
      expect.stringMatching(/ met$/),
    ]);
  });

  it('replaces the section of one scenario and nothing else', () => {
    const text = 'a\n<!-- bench:one -->\nold\n<!-- /bench:one -->\n<!-- bench:two -->\nkept\n<!-- /bench:two -->\n';
    const changed = replaceSection(text, 'one', 'new');
    expect(changed).toContain('a\n<!-- bench:one -->\n\nnew\n\n<!-- /bench:one -->');
    expect(changed).toContain('<!-- bench:two -->\nkept\n<!-- /bench:two -->');
    expect(changed).not.toContain('old');
  });

  it('refuses to write figures for which the document has no place', () => {
    expect(() => replaceSection('nothing here', 'one', 'new')).toThrow('bench:one');
  });

  it('has a place in the document for each scenario', async () => {
    const text = await readFile('docs/performance.md', 'utf8');
    for (const { name } of SCENARIOS) expect(() => replaceSection(text, name, 'figures')).not.toThrow();
  });

  it('draws every point of a plot inside its picture, and escapes what is written in it', () => {
    for (const isLog of [false, true]) {
      const points = [
        { x: 1, y: 0.5 },
        { x: 100_000, y: 7_000 },
      ];
      const svg = plotSvg({
        name: 'p',
        title: 'a < b',
        xLabel: 'x',
        yLabel: 'y',
        isLogX: isLog,
        isLogY: isLog,
        series: [{ name: 's', points }],
      });
      expect(svg).toContain('a &lt; b');
      const dots = [...svg.matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)"/g)].map(([, x, y]) => [
        Number(x),
        Number(y),
      ]);
      expect(dots).toHaveLength(2);
      for (const [x = -1, y = -1] of dots) {
        expect(x >= 70 && x <= 700).toBe(true);
        expect(y >= 40 && y <= 290).toBe(true);
      }
    }
  });
});
