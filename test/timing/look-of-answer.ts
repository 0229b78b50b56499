import type { TimedAnswer } from './timed-client.js';

/** What is new in every answer, whoever is asked about. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/"deliverBefore":\d{10}/g, '"deliverBefore":<time>'],
  [/mimi:\/\/[^"]+/g, '<address>'],
  [/[A-Za-z0-9_-]{22,}/g, '<id>'],
];
const masked = (text: string): string => VARIABLE.reduce((left, [pattern, name]) => left.replace(pattern, name), text);

/** All of an answer but its time: status, size, each header in its place, and the words with ids and times left out. */
export function lookOf({ status, headers, text }: TimedAnswer): string {
  const shown = headers
    .filter(([name]) => name.toLowerCase() !== 'date')
    .map(([name, value]) => `${name}: ${masked(value)} (${value.length})`);
  return [`${status}, ${Buffer.byteLength(text)} bytes`, ...shown, masked(text)].join('\n');
}
