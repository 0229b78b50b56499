#!/usr/bin/env node
// `npm test`: unit tests in parallel, then those that boot whole processes, three at a time, then journeys, crashes and promises on Redis, which
// it installs where it can. `npm test -- libs/platform` runs what matches, as Jest takes it. Ends with one line of numbers.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { obtainRedisServer } from './ready/redis-server.mjs';

const asked = process.argv.slice(2);
const unitOnly = asked.includes('--unit');
const reportsOnly = asked.includes('--reports');
// unit tests need nothing compiled
await import(unitOnly ? './ready.mjs' : './build.mjs');

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const folder = mkdtempSync(join(tmpdir(), 'causeway-results-'));

function jest(name, args, env = {}) {
  const results = join(folder, `${name}.json`);
  const { status } = spawnSync(process.execPath, [...JEST, '--json', `--outputFile=${results}`, ...args], {
    stdio: ['inherit', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  try {
    return { status, ...JSON.parse(readFileSync(results, 'utf8')) };
  } catch {
    return {
      status: status || 1,
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numRuntimeErrorTestSuites: 1,
    };
  }
}

const at = (folderName) => join(process.cwd(), folderName);
/** Those that boot database servers are left out of `check`, which judges the tree in under a minute. */
const BOOTS_SERVERS = '/libs/(work-queue|embedded-database)/';
const unit = () =>
  jest('unit', [
    at('libs'),
    at('apps'),
    '--maxWorkers=2',
    '--passWithNoTests',
    ...(unitOnly ? [`--testPathIgnorePatterns=${BOOTS_SERVERS}`, '--testPathIgnorePatterns=/dist/'] : []),
  ]);
/** They boot whole processes and wait for them much of the time: one more than there are processors on the smallest machine. */
const BOOTING = '--maxWorkers=3';
const whole = () => jest('whole', [at('test'), BOOTING, '--passWithNoTests']);

/** The same journeys, crashes and promises, with BullMQ on Redis: one configuration value. */
const ON_REDIS = [
  'journeys',
  'no-plaintext-at-rest',
  'no-silent-downgrade',
  'nothing-accepted-is-lost',
  'rcs-fallback',
  'rolling-restart',
  'several-edges',
];
const onRedis = () => {
  const suites = ON_REDIS.map((name) => at(join('test', 'e2e', `${name}.spec.ts`)));
  return jest('redis', [...suites, BOOTING], { CAUSEWAY_TEST_QUEUE: 'redis' });
};

/** A thousand of each kind of report, where the whole suite tries fifty. */
const reports = () =>
  jest('reports', [at(join('test', 'medium', 'reports.spec.ts'))], { CAUSEWAY_TEST_REPORTS: '1000' });

// before the first run: those of them that need Redis look for it themselves
const hasRedis = unitOnly || reportsOnly || obtainRedisServer();

const runs = reportsOnly
  ? [reports()]
  : unitOnly
    ? [unit()]
    : asked.length > 0
      ? [jest('asked', asked)]
      : [unit(), whole(), ...(hasRedis ? [onRedis()] : [])];
rmSync(folder, { recursive: true, force: true });

const sum = (field) => runs.reduce((total, run) => total + run[field], 0);
const broken = sum('numRuntimeErrorTestSuites');
const skipped = sum('numPendingTests');
const notes = [skipped > 0 && `${skipped} skipped`, broken > 0 && `${broken} files did not run`]
  .filter(Boolean)
  .map((note) => `, ${note}`);
process.stdout.write(`${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed${notes.join('')}\n`);
process.exit(runs.every(({ status }) => status === 0) ? 0 : 1);
