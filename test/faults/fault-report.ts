import type { RunResult } from './fault-run.js';
import type { Recovery } from './recovery.js';

/** What was not as promised, one sentence each. Empty is a pass. */
export const violationsOf = (result: RunResult): readonly string[] => [...slowIn(result), ...wrongIn(result)];

/** Traffic that took longer to come back than promised: a matter of the machine too, so judged where nothing else runs. */
export function slowIn({ recoveries }: RunResult): readonly string[] {
  return recoveries
    .filter(({ firstMs, limitMs }) => firstMs === undefined || firstMs > limitMs)
    .map(({ name, firstMs, limitMs }) => `recovery: ${name}: ${firstMs ?? 'never'} ms, at most ${limitMs} ms`);
}

/** What no machine excuses. */
export function wrongIn({ findings, recoveries, edgeKills, unaskedEnds }: RunResult): readonly string[] {
  const named = (what: string, sentences: readonly string[]): string[] => sentences.map((one) => `${what}: ${one}`);
  const dead = recoveries.filter(({ firstMs }) => firstMs === undefined).map(({ name }) => name);
  return [
    ...named('nothing came any more after', dead),
    ...named('ended by itself', unaskedEnds),
    ...named('lost', findings.lost),
    ...named('twice at a device', findings.nativeDuplicates),
    ...named('twice from a telephone', findings.inboundDuplicates),
    ...named('twice by RCS', findings.rcsDuplicates),
    ...named('second copy nobody can know of', findings.unlabelledDuplicates),
    ...(findings.smsDuplicates.length > edgeKills ? named('second copies', findings.smsDuplicates) : []),
    ...named('out of order', findings.outOfOrder),
    ...named('without an end', findings.neverTerminal),
    ...named('untrue', findings.untrue),
  ];
}

export interface GroupFigures {
  readonly group: string;
  readonly times: number;
  readonly p50Ms: number | undefined;
  readonly maxMs: number | undefined;
  readonly everyLaneMaxMs: number | undefined;
  readonly limitMs: number;
}

export function groupsOf(recoveries: readonly Recovery[]): readonly GroupFigures[] {
  const names = [...new Set(recoveries.map(({ group }) => group))].toSorted();
  return names.map((group) => {
    const own = recoveries.filter((recovery) => recovery.group === group);
    return {
      group,
      times: own.length,
      p50Ms: percentile(
        own.map(({ firstMs }) => firstMs),
        0.5,
      ),
      maxMs: percentile(
        own.map(({ firstMs }) => firstMs),
        1,
      ),
      everyLaneMaxMs: percentile(
        own.map(({ everyLaneMs }) => everyLaneMs),
        1,
      ),
      limitMs: Math.max(...own.map(({ limitMs }) => limitMs)),
    };
  });
}

export interface RecoveryFigures {
  readonly p50Ms: number | undefined;
  readonly maxMs: number | undefined;
}

/** Over all injections. */
export function recoveryIn(recoveries: readonly Recovery[]): RecoveryFigures {
  const times = recoveries.map(({ firstMs }) => firstMs);
  return { p50Ms: percentile(times, 0.5), maxMs: percentile(times, 1) };
}

/** `undefined` is never, hence more than all. */
function percentile(values: readonly (number | undefined)[], share: number): number | undefined {
  const sorted = values.map((value) => value ?? Infinity).toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined || value === Infinity ? undefined : value;
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ') || '0';
const ms = (value: number | undefined): string => (value === undefined ? 'never' : String(value));

/** The rest is in the JSON. */
const MOST_LINES = 40;

function shortened(violations: readonly string[]): string {
  const left = violations.length - MOST_LINES;
  const lines = violations.slice(0, MOST_LINES).map((one) => `  ${one}`);
  return [...lines, ...(left > 0 ? [`  and ${left} more`] : [])].join('\n');
}

export function describe(result: RunResult): string {
  const { findings, recoveries, queue, seed } = result;
  const violations = violationsOf(result);
  const all = recoveryIn(recoveries);
  const rows = groupsOf(recoveries).map(({ group, times, p50Ms, maxMs, everyLaneMaxMs, limitMs }) =>
    [group.padEnd(36), times, ms(p50Ms), ms(maxMs), limitMs, ms(everyLaneMaxMs)].join('\t'),
  );
  return [
    '',
    `queue ${queue}, seed ${seed}: ${recoveries.length} injections`,
    ['kind'.padEnd(36), 'times', 'p50 ms', 'max ms', 'limit', 'every lane, max ms'].join('\t'),
    ...rows,
    `recovery of all: p50 ${ms(all.p50Ms)} ms, max ${ms(all.maxMs)} ms`,
    `offered ${findings.offered}, accepted ${findings.accepted}, delivered ${findings.delivered}, unconfirmed ${findings.unconfirmed}`,
    `failed: ${counted(findings.failed)}; refused at the door: ${counted(findings.refused)}; put off by the guard: ${findings.slowed}`,
    `lost ${findings.lost.length}, out of order ${findings.outOfOrder.length}, without an end ${findings.neverTerminal.length}, untrue ${findings.untrue.length}`,
    `duplicates: native ${findings.nativeDuplicates.length}, RCS ${findings.rcsDuplicates.length}, from telephones ${findings.inboundDuplicates.length}, SMS ${findings.smsDuplicates.length} at ${result.edgeKills} edge kills (not labelled ${findings.unlabelledDuplicates.length})`,
    ...(result.missed.length === 0 ? [] : [`no call came by for: ${result.missed.join(', ')}`]),
    violations.length === 0 ? 'PASSED' : `FAILED\n${shortened(violations)}`,
    '',
  ].join('\n');
}
