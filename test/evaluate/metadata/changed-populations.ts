import { hashOf } from '../chance.js';
import { pairName, type Edge } from './edges.js';
import type { Population } from './population.js';

/** The same people as if they were others: what the guard would do where people are busier, or answer less, than in the metadata at hand. */
export interface ChangedPopulation {
  readonly name: string;
  readonly population: Population;
}

/** Made from what the population holds and nothing else, so that weights can be tried on them before the other half is looked at. */
export function changedPopulations(population: Population): readonly ChangedPopulation[] {
  const { edges, isCounted } = population;
  const changed = (name: string, alter: (edge: Edge) => Edge | undefined): ChangedPopulation => ({
    name,
    population: {
      ...population,
      edges: edges.flatMap((edge) => alter(edge) ?? []).filter(({ from, to }) => from !== to),
    },
  });
  return [
    { name: 'two thirds faster', population: hurried(population, 1.67) },
    { name: 'two and a half times as fast', population: hurried(population, 2.5) },
    changed('every third pair without an answer', silenced(edges)),
    changed('every fifth person another as well', (edge) => ({
      ...edge,
      from: merged(edge.from, isCounted),
      to: merged(edge.to, isCounted),
    })),
  ];
}

/** Everything happens in less time: more new people in every window, and answers come sooner too. */
function hurried(population: Population, factor: number): Population {
  const [first] = population.edges;
  const beginMs = first?.atMs ?? population.fromMs;
  const hurry = (atMs: number): number => Math.round(beginMs + (atMs - beginMs) / factor);
  return {
    ...population,
    edges: population.edges.map((edge) => ({ ...edge, atMs: hurry(edge.atMs) })),
    fromMs: hurry(population.fromMs),
    toMs: hurry(population.toMs),
  };
}

/** Of every third pair only the side that began is left. */
function silenced(edges: readonly Edge[]): (edge: Edge) => Edge | undefined {
  const begun = new Set<string>();
  for (const { from, to } of edges) if (!begun.has(pairName(to, from))) begun.add(pairName(from, to));
  const sorted = (from: string, to: string): string => (from < to ? pairName(from, to) : pairName(to, from));
  return (edge) =>
    begun.has(pairName(edge.from, edge.to)) || hashOf(sorted(edge.from, edge.to)) % 3 !== 0 ? edge : undefined;
}

/** One of 200 names of the same half: heavier senders than there were. */
function merged(person: string, isCounted: Population['isCounted']): string {
  const hash = hashOf(`${person} merged`);
  if (hash % 5 !== 0) return person;
  const half = isCounted(person);
  for (let number = hash % 200; ; number += 1) {
    const name = `merged ${String(number)}`;
    if (isCounted(name) === half) return name;
  }
}
