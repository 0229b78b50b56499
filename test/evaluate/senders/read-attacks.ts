import { GAP_CLASSES, type GapClass } from '@causeway/abuse-control';
import type { Population } from '../metadata/population.js';
import type { Attempt, Sender, SenderKind } from './sender-kind.js';

interface Line extends Omit<Attempt, 'atMs'> {
  readonly kind: string;
  readonly sender: string;
  readonly seconds: number;
}

/**
 * Attacks brought by others, as lines of `class,sender,recipient,seconds[,answer-probability[,gap-class[,country]]]`; seconds count from the
 * sender's first try. Lines that begin with `#` are left out. Throws on a line of another form.
 */
export function readAttacks(
  text: string,
  { fromMs, toMs }: Pick<Population, 'fromMs' | 'toMs'>,
): readonly SenderKind[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(lineOf);
  return [...new Set(lines.map(({ kind }) => kind))].map((name) => {
    const ofKind = lines.filter(({ kind }) => kind === name);
    const senders = [...new Set(ofKind.map(({ sender }) => sender))];
    const lasts = Math.max(...ofKind.map(({ seconds }) => seconds)) * 1_000;
    return {
      name,
      what: 'from the file of attacks',
      profile: 'community',
      isHonest: false,
      count: senders.length,
      lastsMs: Math.min(lasts, toMs - fromMs),
      send: ({ index, startMs }) =>
        inTurn(
          ofKind.filter(({ sender }) => sender === senders[index]),
          startMs,
        ),
    };
  });
}

function* inTurn(lines: readonly Line[], startMs: number): Sender {
  for (const { seconds, ...line } of lines.toSorted((a, b) => a.seconds - b.seconds))
    yield { ...line, atMs: startMs + seconds * 1_000 };
}

const isGapClass = (text: string): text is GapClass => GAP_CLASSES.some((each) => each === text);

function lineOf(line: string): Line {
  const [kind, sender, recipient, time, answered = '0', gapClass = '', country = ''] = line
    .split(',')
    .map((cell) => cell.trim());
  const [seconds, probability] = [Number(time), Number(answered)];
  if (!kind || !sender || !recipient || !time || !(seconds >= 0) || !(probability >= 0 && probability <= 1))
    throw new Error(`not a line of an attack: ${line}`);
  if (gapClass !== '' && !isGapClass(gapClass)) throw new Error(`not a gap class: ${gapClass}`);
  return {
    kind,
    sender,
    recipient: `${sender} ${recipient}`,
    seconds,
    answer: { probability },
    features: { ...(isGapClass(gapClass) && { gapClass }), ...(country !== '' && { country }) },
  };
}
