import { GAP_CLASSES, type GapClass, type TenantProfile } from '@causeway/abuse-control';
import type { Population } from '../metadata/population.js';
import type { Attempt, Sender, SenderKind } from './sender-kind.js';

interface Line extends Omit<Attempt, 'atMs'> {
  readonly kind: string;
  readonly sender: string;
  readonly seconds: number;
}

/** The tenant an attack is brought to. */
export interface Ground {
  readonly population: Pick<Population, 'fromMs' | 'toMs'>;
  readonly profile: TenantProfile;
}

/**
 * Attacks as lines of `class,sender,recipient,seconds[,answer-probability[,gap-class[,country]]]`, in any order; seconds count from a moment
 * that is drawn for each sender. Blank lines, lines that begin with `#` and one header are left out. Throws, with the number of the line, on
 * any other line.
 */
export function readAttacks(text: string, { population, profile }: Ground): readonly SenderKind[] {
  const numbered = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ line: line.trim(), where: `line ${String(index + 1)}` }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
  const isHeaded = numbered[0]?.line.split(',')[3]?.trim() === 'seconds';
  const lines = numbered.slice(isHeaded ? 1 : 0).map(({ line, where }) => lineOf(line, where));
  if (lines.length === 0) throw new Error('there is no attack in the file');
  return [...groupedBy(lines, ({ kind }) => kind)].map(([name, ofKind]) => {
    const senders = [...groupedBy(ofKind, ({ sender }) => sender).values()];
    const lastsMs = ofKind.reduce((most, { seconds }) => Math.max(most, seconds), 0) * 1_000;
    return {
      name,
      what: 'brought by others',
      profile,
      isHonest: false,
      count: senders.length,
      lastsMs: Math.min(lastsMs, population.toMs - population.fromMs),
      send: ({ index, startMs }) => inTurn(senders[index] ?? [], startMs),
    };
  });
}

function groupedBy(lines: readonly Line[], keyOf: (line: Line) => string): ReadonlyMap<string, readonly Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const group = groups.get(keyOf(line));
    if (group) group.push(line);
    else groups.set(keyOf(line), [line]);
  }
  return groups;
}

function* inTurn(lines: readonly Line[], startMs: number): Sender {
  for (const { seconds, ...line } of lines.toSorted((a, b) => a.seconds - b.seconds))
    yield { ...line, atMs: startMs + seconds * 1_000 };
}

const isGapClass = (text: string): text is GapClass => GAP_CLASSES.some((each) => each === text);

function lineOf(line: string, where: string): Line {
  const [kind, sender, recipient, time, answered = '0', gapClass = '', country = ''] = line
    .split(',')
    .map((cell) => cell.trim());
  const [seconds, probability] = [Number(time), Number(answered)];
  if (!kind || !sender || !recipient || !time || !Number.isFinite(seconds) || seconds < 0)
    throw new Error(`${where} is not a line of an attack, which begins class,sender,recipient,seconds: ${line}`);
  if (!(probability >= 0 && probability <= 1)) throw new Error(`${where}: not a probability: ${answered}`);
  if (gapClass !== '' && !isGapClass(gapClass))
    throw new Error(`${where}: not a gap class (${GAP_CLASSES.join(', ')}): ${gapClass}`);
  return {
    kind,
    sender,
    recipient: `${sender} ${recipient}`,
    seconds,
    answer: { probability },
    features: { ...(isGapClass(gapClass) && { gapClass }), ...(country !== '' && { country }) },
  };
}
