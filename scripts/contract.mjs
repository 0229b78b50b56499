#!/usr/bin/env node
// `npm run contract`: all laws on all adapters, without a build. What its arguments are, test/contract/contract.ts says.
import { isAbsolute, resolve } from 'node:path';

const startedIn = process.cwd();
await import('./ready.mjs');
await import('./typescript/register.mjs');
const { contractOrSentence } = await import('../test/contract/contract.ts');
const { default: setUp } = await import('../test/support/jest-setup.mjs');
const { default: tearDown } = await import('../test/support/jest-teardown.mjs');

// getting ready moved into the project's folder; paths are meant from where the person stood
const args = process.argv.slice(2);
for (const option of ['--path', '--json']) {
  const at = args.indexOf(option) + 1;
  if (at > 0 && args[at] !== undefined && !isAbsolute(args[at])) args[at] = resolve(startedIn, args[at]);
}

// adapters that need a database ask the server that tests share; it starts when the first one does
await setUp();
let isGreen = false;
try {
  isGreen = await contractOrSentence(args);
} finally {
  await tearDown();
}
process.exit(isGreen ? 0 : 1);
