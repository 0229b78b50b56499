import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../support/free-ports.js';
import { DatabaseServer } from './database-server.js';
import { violationsOf } from './judge-outcomes.js';
import { runUnknownOutcomes } from './unknown-outcomes.js';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100' },
    lag: { type: 'string', default: '120' },
    kills: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});

/** `npm run test:unknown -- [--messages 100] [--lag 120] [--kills 8] [--seed N]`. Exits with 1 when a promise was broken. */
async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const [messages, lagSeconds, kills, seed] = [values.messages, values.lag, values.kills, values.seed].map(Number);
  if (messages === undefined || lagSeconds === undefined || kills === undefined || seed === undefined) return;
  say(`seed ${seed}: ${messages} messages, lists lag ${lagSeconds} s, ${kills} kills`);
  const folder = await mkdtemp(join(tmpdir(), 'cd-'));
  const [port = 0] = await freePorts(1);
  const database = await DatabaseServer.start({ folder: join(folder, 'database'), port });
  const outcomes = await runUnknownOutcomes({
    messages,
    lagSeconds,
    kills,
    seed,
    databaseUrl: database.url,
    say,
  }).finally(async () => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  });
  say(JSON.stringify(outcomes.states));
  const violations = violationsOf(outcomes);
  for (const violation of violations) say(violation);
  say(violations.length === 0 ? '0 lost, 0 sent again blindly' : `${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

await main();
