import { expect, it } from '@jest/globals';
import { askedQueue } from '../support/world.js';
import { violationsOf } from './forensic-report.js';
import { runForensic } from './forensic-run.js';

it('whatever state a message was in, after its time nothing of it is left anywhere', async () => {
  const report = await runForensic(askedQueue(), () => undefined, { isShort: true });
  expect(violationsOf(report)).toEqual([]);
  expect(report.arrived).toContain('body: sms, delivered');
}, 600_000);
