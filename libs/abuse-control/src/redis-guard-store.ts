import type { GapClass } from './guard-event.js';
import type { Level } from './decision.js';
import {
  WEEK_MS,
  type AnsweredOf,
  type GuardStore,
  type Observation,
  type Pardon,
  type Snapshot,
  type Standing,
  type Tallies,
  type TenantNames,
  type Verdict,
} from './guard-store.js';
import { OBSERVE, SETTLE, TALLY } from './redis-scripts.js';

/** Runs one script atomically on the node that has its keys, in one round trip. Rejects when Redis is away. */
export interface RedisScripts {
  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
}

/** The scripts of this store, for whoever opens the connection. */
export const GUARD_SCRIPTS: readonly string[] = [OBSERVE, SETTLE, TALLY];

/** Conduct in Redis or Valkey, alone or a cluster: one script per observation, keys of one sender on one node, all with an end. */
export class RedisGuardStore implements GuardStore {
  constructor(private readonly redis: RedisScripts) {}

  /** Scripts of one batch travel together: what is written to a connection is not waited for one by one. */
  async observe(batch: readonly Observation[]): Promise<readonly Snapshot[]> {
    return Promise.all(batch.map((observation) => this.one(observation)));
  }

  async settle(verdicts: readonly Verdict[]): Promise<void> {
    await Promise.all(
      verdicts.map(({ shard, week, sender, standing, pardon, atMs }) =>
        this.redis.run(
          SETTLE,
          [conductKey(shard, week, sender)],
          [
            standing ? `${String(standing.level)} ${String(standing.untilMs)} ${standing.decision}` : '',
            pardon ? `${String(pardon.reach)} ${String(pardon.untilMs)}` : '',
            String(atMs),
          ],
        ),
      ),
    );
  }

  async tally({ shard, current, previous }: TenantNames, add: Tallies): Promise<Tallies> {
    const key = ({ week, tenant }: TenantNames['current']): string =>
      `causeway:guard:{${shard}}:${String(week)}:t:${tenant}`;
    const answer = await this.redis.run(
      TALLY,
      [key(current), key(previous)],
      [String(endOf(current.week)), ...[...add].flatMap(([name, count]) => [name, String(count)])],
    );
    const sums = new Map<string, number>();
    for (const half of listOf(answer)) {
      const fields = listOf(half).map(String);
      for (let at = 0; at + 1 < fields.length; at += 2) {
        const name = fields[at] ?? '';
        sums.set(name, (sums.get(name) ?? 0) + Number(fields[at + 1]));
      }
    }
    return sums;
  }

  private async one({ shard, current, previous, atMs, kind, gapClass, country }: Observation): Promise<Snapshot> {
    const now = conductKey(shard, current.week, current.sender);
    const before = conductKey(shard, previous.week, previous.sender);
    const answer = await this.redis.run(
      OBSERVE,
      [now, `${now}:p`, before, `${before}:p`],
      [
        String(atMs),
        kind,
        current.recipient,
        previous.recipient,
        gapClass ? LETTERS[gapClass] : '',
        country ?? '',
        String(endOf(current.week)),
      ],
    );
    return snapshotOf(listOf(answer).map(String), atMs);
  }
}

const LETTERS: Readonly<Record<GapClass, string>> = { same: 's', near: 'n', far: 'f' };
const CLASSES: Readonly<Record<string, GapClass>> = { s: 'same', n: 'near', f: 'far' };

const conductKey = (shard: string, week: number, sender: string): string =>
  `causeway:guard:{${shard}}:${String(week)}:${sender}`;

/** A week's names can be made until the end of the next one; so long is what is kept under them. */
const endOf = (week: number): number => (week + 2) * WEEK_MS;

const listOf = (answer: unknown): readonly unknown[] => {
  if (!Array.isArray(answer)) throw new Error('a guard script answered with no list');
  return answer;
};

/** In the order in which the script answers. */
function snapshotOf(fields: readonly string[], atMs: number): Snapshot {
  const number = (at: number): number => Number(fields[at]);
  const answered = (at: number): AnsweredOf => ({ contacted: number(at), answered: number(at + 1) });
  const [gaps = '', classes = '', outcomes = '', countries = '', standing = '', pardon = ''] = fields.slice(26);
  return {
    pair: { isNew: number(0) === 1, hasAnswered: number(1) === 1, firstAtMs: number(2) },
    firstSeenAtMs: number(3),
    lastNewAtMs: fields[4] === '' ? undefined : number(4),
    newContacts: [number(5), number(6), number(7), number(8), number(9), number(10)],
    answers: [answered(11), answered(13), answered(15), answered(17), answered(19)],
    unansweredMessages: number(21),
    reporters: [number(22), number(23)],
    blockers: [number(24), number(25)],
    sendGapsDs: gaps === '' ? [] : gaps.split(',').map(Number),
    gapClasses: classes.split('').flatMap((letter) => CLASSES[letter] ?? []),
    outcomes: { known: outcomes.length, failed: outcomes.split('f').length - 1 },
    countries: countries === '' ? [] : countries.split(',').toSorted(),
    standing: standingIn(standing, atMs),
    pardon: pardonIn(pardon, atMs),
  };
}

function standingIn(text: string, atMs: number): Standing | undefined {
  const [level, untilMs, decision] = text.split(' ');
  if (decision === undefined || Number(untilMs) <= atMs) return undefined;
  return { level: levelIn(level), untilMs: Number(untilMs), decision };
}

function pardonIn(text: string, atMs: number): Pardon | undefined {
  const [reach, untilMs] = text.split(' ');
  if (untilMs === undefined || Number(untilMs) <= atMs) return undefined;
  return { reach: levelIn(reach), untilMs: Number(untilMs) };
}

const LEVELS: readonly Level[] = [0, 1, 2, 3, 4];
const levelIn = (text: string | undefined): Level => LEVELS[Number(text)] ?? 0;
