import { dataInventory } from './data-inventory.mjs';
import { environmentExample, configuration } from './configuration.mjs';
import { metrics } from './metrics.mjs';

/** Every generated document. `generate` returns its text, or undefined while its source does not exist. */
export const generators = [
  { file: '.env.example', generate: environmentExample },
  { file: 'docs/configuration.md', generate: configuration },
  { file: 'docs/metrics.md', generate: metrics },
  { file: 'docs/data-inventory.md', generate: dataInventory },
];
