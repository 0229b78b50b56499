import type { Table, Target } from '../../bench/scenario.js';
import type { KindFigures } from '../measure/attack-figures.js';
import type { FalsePositives, HonestFigures } from '../measure/honest-figures.js';
import { precision } from '../measure/statistics.js';
import type { Evaluation } from '../run-evaluation.js';

const PREVALENCES = [0.001, 0.01, 0.05] as const;

const percent = (share: number, digits = 2): string =>
  Number.isNaN(share) ? '-' : `${(share * 100).toFixed(digits)} %`;
const number = (value: number | undefined): string => (value === undefined ? '-' : String(Math.round(value * 10) / 10));

export function falsePositiveTable({ falsePositives }: HonestFigures): Table {
  return {
    title: 'Honest people, as they are',
    columns: [
      'level',
      'sender-days',
      'rate',
      'at most (exact)',
      'at most (bootstrap)',
      'senders',
      'rate',
      'at most (exact)',
    ],
    rows: falsePositives.map(({ level, days, senders }) => [
      level,
      `${String(days.hits)} of ${String(days.units)}`,
      percent(days.rate, 3),
      percent(days.exactUpper, 3),
      percent(days.bootstrapUpper, 3),
      `${String(senders.hits)} of ${String(senders.units)}`,
      percent(senders.rate),
      percent(senders.exactUpper),
    ]),
    note: 'A sender-day counts for a level when any decision of that day was of it or higher. “At most” are one-sided 95 % limits: exact ones (Clopper and Pearson) take days as independent; the bootstrap draws whole senders.',
  };
}

/** How much of the figures above is luck with these very people. */
export function changedTable({ changed }: Evaluation): Table {
  const cells = (days: FalsePositives['days'] | undefined): readonly string[] =>
    days ? [`${String(days.hits)} of ${String(days.units)}`, percent(days.rate, 3)] : ['-', '-'];
  return {
    title: 'The same people, if they were others',
    columns: ['changed', 'level 2, sender-days', 'rate', 'level 3, sender-days', 'rate', 'level 3, senders'],
    rows: changed.map(({ name, falsePositives: [, two, three] }) => [
      name,
      ...cells(two?.days),
      ...cells(three?.days),
      three?.senders.hits ?? '-',
    ]),
    note: 'No target: what would happen to honest people who are busier, or answered less, than these.',
  };
}

/** For tuning: what holds in every half that chance can draw is no fit to these people. */
export function foldTable({ folds }: Evaluation): Table {
  return {
    title: 'Halved again at random',
    columns: ['people', 'level 2, median half', 'worst half', 'level 3, median half', 'worst half'],
    rows: folds.map(({ name, of }) => [
      name,
      ...of.flatMap(({ median, highest }) => [percent(median, 3), percent(highest, 3)]),
    ]),
    note: 'Shares of sender-days.',
  };
}

export function attackTable(title: string, kinds: readonly KindFigures[]): Table {
  return {
    title,
    columns: [
      'class',
      'level 2',
      'tried p50 / p90',
      'level 3',
      'tried p50 / p90',
      'reached before 3, p50 / p90',
      'reached in all',
      'accounts per 1,000',
    ],
    rows: kinds.map(({ kind, levels, reachedMean, accountsPerThousand }) => {
      const [, two, three] = levels;
      return [
        kind,
        percent(two?.recall ?? 0, 0),
        `${number(two?.triedMedian)} / ${number(two?.triedP90)}`,
        percent(three?.recall ?? 0, 0),
        `${number(three?.triedMedian)} / ${number(three?.triedP90)}`,
        `${number(three?.reachedMedian)} / ${number(three?.reachedP90)}`,
        number(reachedMean),
        number(accountsPerThousand),
      ];
    }),
    note: 'Share of accounts that ever met the level; new people tried by then and reached before it, over those that did; people one account reached in all, mean; accounts it takes to reach 1,000 people.',
  };
}

export function strainTable(kinds: readonly KindFigures[]): Table {
  return {
    title: 'Honest people at their busiest',
    columns: [
      'kind',
      'profile',
      'senders',
      'level 1',
      'level 2',
      'level 3',
      'established messages kept back',
      'minutes of delay per sender',
    ],
    rows: kinds.map(({ kind, profile, senders, levels, interrupted, delayedMinutesMean }) => [
      kind,
      profile,
      senders,
      ...[0, 1, 2].map((index) => percent(levels[index]?.recall ?? 0, 1)),
      interrupted,
      number(delayedMinutesMean),
    ]),
  };
}

export function precisionTable({ honest, attacks }: Evaluation): Table {
  const three = honest.falsePositives.find(({ level }) => level === 3);
  const recalls = attacks.map(({ levels }) => levels[2]?.recall ?? 0);
  const recall = recalls.reduce((sum, each) => sum + each, 0) / Math.max(1, recalls.length);
  return {
    title: 'Of those who are blocked (level 3), how many are abusive',
    columns: ['abusive among senders of a day', 'as measured', 'at the exact limit'],
    rows: PREVALENCES.map((prevalence) => [
      percent(prevalence, 1),
      percent(precision({ prevalence, recall, falsePositiveRate: three?.days.rate ?? 1 }), 1),
      percent(precision({ prevalence, recall, falsePositiveRate: three?.days.exactUpper ?? 1 }), 1),
    ]),
    note: `With the mean recall over all classes, ${percent(recall, 0)}: a mix that nobody measured, so an order of magnitude.`,
  };
}

export const targetsOf = ({ honest, attacks }: Evaluation): readonly Target[] => [
  ...[
    { level: 3, most: 0.001 },
    { level: 2, most: 0.005 },
  ].map(({ level, most }) => {
    const days = honest.falsePositives.find((each) => each.level === level)?.days;
    return {
      what: `false positives at level ${String(level)}, of sender-days`,
      wanted: `at most ${percent(most, 1)}`,
      measured: `${percent(days?.rate ?? 1, 3)} (exact limit ${percent(days?.exactUpper ?? 1, 3)})`,
      isMet: (days?.rate ?? 1) <= most,
    };
  }),
  {
    what: 'established conversations kept back',
    wanted: '0',
    measured: `${String(honest.established.interrupted)} of ${String(honest.established.messages)} messages`,
    isMet: honest.established.interrupted === 0,
  },
  ...attacks.flatMap(({ wanted }) =>
    wanted.map((each) => ({
      what: `${each.kind}: level ${String(each.level)} within ${String(each.withinRecipients)} new people`,
      wanted: `at least ${percent(each.recall, 0)}`,
      measured: `${percent(each.measured, 0)} (at least ${percent(each.atLeast, 0)})`,
      isMet: each.isMet,
    })),
  ),
];

/** Every table of a run, in the order in which they are read. */
export const tablesOf = (evaluation: Evaluation): readonly Table[] => [
  falsePositiveTable(evaluation.honest),
  changedTable(evaluation),
  ...(evaluation.folds.length > 0 ? [foldTable(evaluation)] : []),
  strainTable(evaluation.strain),
  attackTable('Attacks on a community of strangers', evaluation.attacks),
  attackTable('Attacks where people know each other (profile phone)', evaluation.attacksOnPhones),
  attackTable('The same with recipients of whom one in ten reports', evaluation.reported),
  precisionTable(evaluation),
];
