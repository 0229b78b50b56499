import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { preferencesSchema, requestPageSchema } from '@causeway/api-contract';
import { runDocumented } from '../support/documented-program.js';
import { blocksOf, commandsOf, DocumentedSession } from '../support/documented-session.js';
import { RawDevice } from '../support/raw-device.js';
import { eventually, World } from '../support/world.js';

const DOCUMENT = 'docs/consent-and-routing.md';
const WITHIN_MS = 480_000;
let world: World;
beforeAll(async () => {
  world = await World.start();
}, 90_000);
afterAll(async () => world.close(), 30_000);

const isOverRest = (block: string): boolean => block.includes('$TOKEN');

it(
  'the program of the document runs as it stands there and prints what it says',
  async () => {
    const [[program = ''], [printed = '']] = [await blocksOf(DOCUMENT, 'ts'), await blocksOf(DOCUMENT, 'text')];
    expect(await runDocumented(world, program)).toBe(printed);
  },
  WITHIN_MS,
);

it(
  'the commands of the document run one after the other as they stand there',
  async () => {
    const commands = (await blocksOf(DOCUMENT, 'sh')).filter((block) => !isOverRest(block)).flatMap(commandsOf);
    expect(commands.length).toBeGreaterThan(30);
    await new DocumentedSession(world).run(commands);
  },
  WITHIN_MS,
);

it(
  'the calls of the document run one after the other as they stand there',
  async () => {
    const [asked, other, asker] = [
      await RawDevice.register(world.gatewayUrl, world.handle('rest')),
      await RawDevice.register(world.gatewayUrl, world.handle('rest-other')),
      await RawDevice.register(world.gatewayUrl, world.handle('rest-asker')),
    ];
    for (const target of [asked, other]) {
      const to = { kind: 'address', address: target.address, conversation: `r_${'A'.repeat(22)}` };
      expect((await asker.send(asker.header({ to }))).status).toBe(202);
      await eventually(async () => {
        const { document } = await target.call('GET', '/v1/requests');
        return requestPageSchema.parse(document).requests.length > 0;
      });
    }
    const calls = (await blocksOf(DOCUMENT, 'sh')).filter(isOverRest).flatMap(commandsOf);
    expect(calls.length).toBeGreaterThan(10);
    await new DocumentedSession(world, { TOKEN: asked.token, OTHER_TOKEN: other.token }).run(calls);
    const { document } = await asked.call('GET', '/v1/preferences');
    expect(preferencesSchema.parse(document)).toMatchObject({ networksOn: ['sms'], notOver: ['rcs'] });
  },
  WITHIN_MS,
);
