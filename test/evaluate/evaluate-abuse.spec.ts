import { describe, expect, it } from '@jest/globals';
import { generateCommunity } from './metadata/generate-community.js';
import { changedPopulations } from './metadata/changed-populations.js';
import { readEdges, type Edge } from './metadata/edges.js';
import { populationOf, type Population } from './metadata/population.js';
import { figuresOfKind } from './measure/attack-figures.js';
import { honestFigures } from './measure/honest-figures.js';
import { quantile } from './measure/statistics.js';
import { replay } from './replay/replay.js';
import { attacksOn } from './senders/attacks.js';
import { bringAttacks } from './senders/bring-attacks.js';
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
    const ground = { population, profile: 'community' } as const;
    const [kind] = readAttacks(['class,sender,recipient,seconds', ...lines.toReversed()].join('\r\n'), ground);
    if (!kind) throw new Error('nothing was read');
    expect((await against(kind)).levels[2]?.recall).toBe(1);
    expect(() => readAttacks('theirs,mallory,target,9\ntheirs,mallory,target,soon', ground)).toThrow('line 2 is not');
    expect(() => readAttacks('theirs,mallory,target,9,2', ground)).toThrow('line 1: not a probability');
    expect(() => readAttacks('# nothing\n', ground)).toThrow('there is no attack');
  });

  it('takes attacks of others from a module, with what they want of the guard', async () => {
    const ground = { population, profile: 'community' } as const;
    const [kind] = await bringAttacks('test/evaluate/senders/example-attacks.ts', ground);
    if (!kind) throw new Error('nothing was brought');
    const { wanted } = await against({ ...kind, count: 20 });
    expect(wanted).toHaveLength(2);
    expect(wanted.every(({ isMet }) => isMet)).toBe(true);
    await expect(bringAttacks('test/evaluate/options.ts', ground)).rejects.toThrow('exports no attacks');
    await expect(bringAttacks('no-such-file.csv', ground)).rejects.toThrow('there is no file no-such-file.csv');
  });
});

describe('the metadata', () => {
  it('is read in order of time, and a damaged line is named', () => {
    expect(readEdges('1 2 20\n2 1 10\n3 3 5\n')).toEqual([
      { from: '2', to: '1', atMs: 10_000 },
      { from: '1', to: '2', atMs: 20_000 },
    ]);
    expect(() => readEdges('1 2 20\n1 2\n')).toThrow('line 2 has 2 columns');
    expect(() => readEdges('1 2 20\n1 2 soon\n')).toThrow('line 2: the third column is no time');
    expect(() => readEdges('1 2 1700000000000\n')).toThrow('line 1: the time is in milliseconds');
  });

  it.each([
    ['commas and a header', 'source,target,time\nAnn Lee,bob@x.example,20.5\nbob@x.example,Ann Lee,10\n'],
    ['tabs', 'Ann Lee\tbob@x.example\t20.5\nbob@x.example\tAnn Lee\t10\n'],
    [
      'semicolons, quotes and line ends of another system',
      '\uFEFF"Ann Lee";"bob@x.example";20.5\r\nbob@x.example;Ann Lee;10',
    ],
  ])('is read with %s, whatever the names are', (_, text) => {
    expect(readEdges(text)).toEqual([
      { from: 'bob@x.example', to: 'Ann Lee', atMs: 10_000 },
      { from: 'Ann Lee', to: 'bob@x.example', atMs: 20_500 },
    ]);
  });

  it('that is too little to learn from is refused', () => {
    expect(() => populationOf(readEdges('a b 1\nb a 2\n'), 'tune', 'a test')).toThrow('too little');
    expect(() => populationOf([], 'tune', 'a test')).toThrow('no metadata');
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

  it('can be changed: busier, less answered, heavier', () => {
    const pairs = (of: readonly Edge[]): number => new Set(of.map(({ from, to }) => [from, to].toSorted().join())).size;
    const [faster, , silenced, merged] = changedPopulations(population).map((changed) => changed.population);
    if (!faster || !silenced || !merged) throw new Error('there is no such change');
    const lasts = ({ edges: of }: Pick<Population, 'edges'>) => (of.at(-1)?.atMs ?? 0) - (of[0]?.atMs ?? 0);
    expect(lasts(faster) / lasts(population)).toBeCloseTo(1 / 1.67, 5);
    expect(pairs(silenced.edges)).toBe(pairs(population.edges));
    expect(silenced.edges.length).toBeLessThan(population.edges.length);
    const senders = (of: readonly Edge[]): number => new Set(of.map(({ from }) => from)).size;
    expect(senders(merged.edges)).toBeLessThan(senders(population.edges));
  });

  it('is divided: nobody counts in both halves, and the held half begins after the other ended', () => {
    const held = populationOf(edges, 'held', 'a test');
    for (const { from } of edges) expect(held.isCounted(from)).toBe(!population.isCounted(from));
    expect(held.fromMs).toBeGreaterThan(population.toMs);
  });
});
