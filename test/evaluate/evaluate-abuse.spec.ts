import { describe, expect, it } from '@jest/globals';
import { generateCommunity } from './metadata/generate-community.js';
import { readEdges } from './metadata/edges.js';
import { populationOf } from './metadata/population.js';
import { figuresOfKind } from './measure/attack-figures.js';
import { honestFigures } from './measure/honest-figures.js';
import { quantile } from './measure/statistics.js';
import { replay } from './replay/replay.js';
import { attacksOn } from './senders/attacks.js';
import { readAttacks } from './senders/read-attacks.js';
import type { SenderKind } from './senders/sender-kind.js';

const edges = generateCommunity({ people: 400, days: 60, seed: 11 });
const population = populationOf(edges, 'tune', 'a test');

const few = (name: string): SenderKind => {
  const kind = attacksOn('community').find((each) => each.name === name);
  if (!kind) throw new Error(`there is no class ${name}`);
  return { ...kind, count: 20 };
};
const against = async (kind: SenderKind) =>
  figuresOfKind(kind, (await replay({ population, profile: 'community', kinds: [kind], seed: 5 })).senders);

describe('a short run of the evaluation', () => {
  it('keeps back no established conversation, and blocks few honest days', async () => {
    const replayed = await replay({ population, profile: 'community', kinds: [], seed: 5 });
    const { falsePositives, established } = honestFigures(replayed, 5);
    expect(established.messages).toBeGreaterThan(100);
    expect(established.interrupted).toBe(0);
    expect(falsePositives[2]?.days.rate).toBeLessThan(0.01);
  });

  it.each(['blast', 'sequential'])('blocks every %s within 20 new people', async (name) => {
    const { wanted } = await against(few(name));
    expect(wanted.map(({ measured }) => measured)).toEqual([1]);
  });

  it('blocks who keeps on at 30 an hour within 50 new people', async () => {
    const { wanted } = await against(few('steady 30/h'));
    expect(wanted.find(({ level }) => level === 3)?.measured).toBeGreaterThanOrEqual(0.95);
  });

  it('says that it does not find a conversational scam', async () => {
    const { levels, reachedMean } = await against(few('conversational scam'));
    expect(levels[2]?.recall).toBe(0);
    expect(reachedMean).toBeGreaterThan(50);
  });

  it('comes out the same again', async () => {
    expect(await against(few('adaptive'))).toEqual(await against(few('adaptive')));
  });

  it('takes attacks of others from a file, and refuses a line it does not understand', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `theirs,mallory,target-${String(index)},${String(index)},0`);
    const [kind] = readAttacks(lines.join('\n'), population);
    if (!kind) throw new Error('nothing was read');
    expect((await against(kind)).levels[2]?.recall).toBe(1);
    expect(() => readAttacks('theirs,mallory,target,soon', population)).toThrow('not a line');
  });
});

describe('the metadata', () => {
  it('is read in order of time, and a damaged line is named', () => {
    expect(readEdges('1 2 20\n2 1 10\n3 3 5\n')).toEqual([
      { from: '2', to: '1', atMs: 10_000 },
      { from: '1', to: '2', atMs: 20_000 },
    ]);
    expect(() => readEdges('1 2 20\n1 2\n')).toThrow('line 2');
  });

  it('of the generator has the published shape', () => {
    const most = new Map<string, number>();
    for (const from of new Set(edges.map((edge) => edge.from))) {
      const firsts = new Map(
        edges
          .filter((edge) => edge.from === from)
          .toReversed()
          .map(({ to, atMs }) => [to, atMs]),
      );
      const times = [...firsts.values()];
      most.set(from, Math.max(...times.map((end) => times.filter((at) => at <= end && at > end - 86_400_000).length)));
    }
    expect(quantile([...most.values()], 0.5)).toBeLessThanOrEqual(4);
    expect(quantile([...most.values()], 0.99)).toBeGreaterThan(15);
    expect(quantile([...most.values()], 0.99)).toBeLessThan(60);
    expect(population.answeredShare).toBeGreaterThan(0.4);
    expect(population.answeredShare).toBeLessThan(0.55);
  });

  it('is divided: nobody counts in both halves, and the held half begins after the other ended', () => {
    const held = populationOf(edges, 'held', 'a test');
    for (const { from } of edges) expect(held.isCounted(from)).toBe(!population.isCounted(from));
    expect(held.fromMs).toBeGreaterThan(population.toMs);
  });
});
