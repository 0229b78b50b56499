import { METRICS } from '../../libs/platform/src/server/metrics-table.ts';
import { markdown, table } from './markdown.mjs';

const codes = (words) => words.map((word) => `\`${word}\``).join(', ');

export const metrics = () =>
  markdown(
    'Metrics',
    [
      'The gateway answers `GET /metrics` in the Prometheus text format; the embedded default has the worker in the same process. No label holds an id, a number or anything of a person.',
      table(
        ['name', 'kind', 'labels', 'meaning'],
        Object.entries(METRICS).map(([name, { kind, labels, help }]) => [`\`${name}\``, kind, codes(labels), help]),
      ),
      'The figures of the process itself (memory, event loop, garbage collection) have the same prefix and the names of prom-client.',
    ].join('\n\n'),
  );
