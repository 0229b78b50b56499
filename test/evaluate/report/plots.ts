import type { Plot } from '../../bench/scenario.js';
import type { KindFigures } from '../measure/attack-figures.js';
import type { Evaluation } from '../run-evaluation.js';

const SHOWN: readonly string[] = [
  'blast',
  'steady 20/h',
  'steady 60/h',
  'sequential',
  'bought list',
  'adaptive',
  'patient',
  'slow 8/day',
];

/** Share of accounts caught by the time they tried so many people. */
const caughtOver = ({ kind, caught, senders }: KindFigures) => ({
  name: kind,
  points: [0, ...new Set(caught.map((tried) => tried - 1)), ...caught, 100]
    .filter((tried) => tried <= 100)
    .toSorted((a, b) => a - b)
    .map((x) => ({ x, y: (100 * caught.filter((tried) => tried <= x).length) / senders })),
});

export function plotsOf({ attacks, honest }: Evaluation): readonly Plot[] {
  return [
    {
      name: 'caught',
      title: 'Accounts blocked (level 3) by the number of new people they tried',
      xLabel: 'new people tried',
      yLabel: 'accounts blocked, %',
      series: attacks.filter(({ kind }) => SHOWN.includes(kind)).map(caughtOver),
    },
    {
      name: 'false-positives',
      title: 'Honest sender-days that met a level, and what may be claimed of it',
      xLabel: 'level',
      yLabel: 'sender-days, %',
      series: [
        {
          name: 'measured',
          points: honest.falsePositives.map(({ level, days }) => ({ x: level, y: days.rate * 100 })),
        },
        {
          name: 'exact limit, 95 %',
          points: honest.falsePositives.map(({ level, days }) => ({ x: level, y: days.exactUpper * 100 })),
        },
        {
          name: 'bootstrap limit, 95 %',
          points: honest.falsePositives.map(({ level, days }) => ({ x: level, y: days.bootstrapUpper * 100 })),
        },
      ],
    },
  ];
}
