// Jest knows how long a file takes once it has run it; a fresh clone does not, and one long file begun last keeps one processor busy alone.
import TestSequencer from '@jest/test-sequencer';

const Sequencer = TestSequencer.default ?? TestSequencer;

/** Files that take longest, the longest first. */
const LONGEST = [
  'test/e2e/start-up',
  'test/timing/timing',
  'test/e2e/nothing-accepted-is-lost',
  'test/e2e/no-plaintext-at-rest',
  'test/e2e/documented-routing',
  'test/e2e/two-cells',
  'test/e2e/rolling-restart',
  'test/e2e/retention',
  'test/e2e/many-gateways',
  'test/e2e/demo',
  'test/e2e/commands',
  'test/e2e/several-edges',
  'test/forensic/forensic',
  'test/e2e/documented-links',
  'test/forensic/five-seconds',
  'test/e2e/limit-commands',
  'test/e2e/adapter-commands',
  'test/e2e/adapter-modules',
  'test/e2e/restore',
  'test/e2e/network-commands',
  'test/e2e/purge-behind',
];

const place = ({ path }) => {
  const found = LONGEST.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
  return found === -1 ? LONGEST.length : found;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => place(one) - place(other));
  }
}
