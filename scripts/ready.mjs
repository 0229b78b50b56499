#!/usr/bin/env node
// Makes a fresh clone ready to run, with nothing but Node: dependencies, PostgreSQL's links, the database client.
// Every other script calls it first. Silent and quick when there is nothing to do.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const say = (line) => process.stderr.write(`causeway: ${line}\n`);

function refuseOldNode() {
  const needed = /\d+\.\d+/.exec(JSON.parse(readFileSync('package.json', 'utf8')).engines.node)[0];
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [neededMajor, neededMinor] = needed.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  say(`Node.js ${needed} or later is needed; this is ${process.versions.node}. See https://nodejs.org`);
  process.exit(1);
}

refuseOldNode();
// loaded after the check: an old Node would fail on their syntax with a worse message
const { Problem, explain } = await import('./ready/problem.mjs');
const { dependencies } = await import('./ready/dependencies.mjs');
const { postgresLinks } = await import('./ready/postgres-links.mjs');
const { prismaClient } = await import('./ready/prisma-client.mjs');
try {
  await dependencies(say);
  postgresLinks();
  await prismaClient(say);
} catch (error) {
  say(error instanceof Problem ? error.message : explain(String(error), `could not get ready: ${error.stack}`));
  process.exit(1);
}
