import { expect, it } from '@jest/globals';
import { askedQueue } from '../support/world.js';
import { faultsOf } from './five-seconds-report.js';
import { runFiveSeconds } from './five-seconds-run.js';

it('of a message that lives for five seconds nothing can be read after them, on no network, whatever befalls the purge', async () => {
  const report = await runFiveSeconds(askedQueue(), () => undefined, { kills: 5, readerMs: 10_000 });
  expect(faultsOf(report)).toEqual([]);
}, 600_000);
