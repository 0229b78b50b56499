import { describe, expect, it } from '@jest/globals';
import { PartitionHours, Statements } from './statements.js';

const HOUR_MS = 3_600_000;
const statements = (nowMs = () => 0) => new Statements({ forgetAfterMs: HOUR_MS, nowMs });

describe('statements', () => {
  it('name their partitions in the text and count the other parameters anew', () => {
    const { text, values } = statements().prepare('SELECT $1, $2 WHERE h = ANY($3) OR h = $2', [
      'a',
      PartitionHours.at(7),
      PartitionHours.atAll([9, 8, 9]),
      'b',
    ]);
    expect(text).toBe("SELECT $1, 7 WHERE h = ANY('{8,9}'::int[]) OR h = 7");
    expect(values).toEqual(['a', 'b']);
  });

  it('have one name for one text, whatever the values', () => {
    const all = statements();
    const name = (hour: number) => all.prepare('SELECT $1', [PartitionHours.at(hour)]).name;
    expect(name(1)).toBe(name(1));
    expect(name(1)).not.toBe(name(2));
    expect(all.prepare('SELECT $1', ['x']).name).toBe(all.prepare('SELECT $1', ['y']).name);
  });

  it('are kept in a bounded number, whatever hours strangers name, and others again later', () => {
    let nowMs = 0;
    const all = statements(() => nowMs);
    const names = (from: number) =>
      Array.from({ length: 1_000 }, (_, hour) => all.prepare('SELECT $1', [PartitionHours.at(from + hour)]).name);
    expect(names(0).filter((name) => name !== undefined)).toHaveLength(400);
    nowMs = HOUR_MS;
    expect(new Set(names(5_000)).size).toBe(401);
  });
});
