import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Stores } from '@causeway/storage';
import { BackupTrial, consentsAmong } from '../support/backup-trial.js';
import { freshDatabase } from '../support/database.js';
import { TENANT, type InProcess, type Person } from '../support/in-process.js';

const FILE = 'tombstones.jsonl';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-tombstones-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

let trial: BackupTrial;
let world: InProcess;
beforeEach(async () => {
  trial = await BackupTrial.open(folder);
  ({ world } = trial);
}, 60_000);
afterEach(async () => world.close());

describe('the file of what was taken back', () => {
  const text = () => readFile(join(trial.dataFolder, FILE), 'utf8');
  const pair = (one: Person, other: Person) => `${one.caller.account} ${other.caller.account}`;
  async function blocking(count: number): Promise<void> {
    const ada = await world.person('ada');
    for (let made = 0; made < count; made += 1) {
      const other = await world.person(`other${made}`);
      await world.decide.decide(ada.caller, other.device.address, 'revoke');
    }
  }

  it('is only added to, by one process or two, and says the same to both', async () => {
    const [one, other] = [trial.keeping(), trial.keeping()];
    await blocking(1);
    await one.execute();
    const first = await text();
    await other.execute();
    await blocking(1);
    await Promise.all([one.execute(), other.execute()]);
    expect((await text()).startsWith(first)).toBe(true);
    expect(consentsAmong(await trial.written())).toHaveLength(2);
    const size = (await text()).length;
    await one.execute();
    expect((await text()).length).toBe(size);
  });

  it('forgets what was granted again at once, and has nothing of it after a day', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    const keep = trial.keeping();
    await world.decide.decide(ada.caller, bob.device.address, 'revoke');
    await keep.execute();
    await world.decide.decide(ada.caller, bob.device.address, 'grant');
    await keep.execute();
    expect(consentsAmong(await trial.written())).toEqual([]);
    expect(await text()).toContain(pair(ada, bob));
    world.clock.advanceSeconds(86_400);
    await keep.execute();
    expect(await text()).not.toContain(pair(ada, bob));
  });

  it('is refused with any line changed, dropped or moved, and read up to where a process died', async () => {
    await blocking(3);
    await trial.tombstones();
    const whole = await text();
    const [begin = '', first = '', second = '', ...rest] = whole.trimEnd().split('\n');
    expect(rest.length).toBeGreaterThan(1);
    for (const changed of [
      [begin, first.replace('narrowed', 'removed'), second, ...rest],
      [begin, second, ...rest],
      [begin, second, first, ...rest],
      [first, second, ...rest],
      ['{}', first],
    ]) {
      await writeFile(join(trial.dataFolder, FILE), `${changed.join('\n')}\n`);
      await expect(trial.written()).rejects.toThrow('or was changed');
    }
    await writeFile(join(trial.dataFolder, FILE), whole.slice(0, -20));
    expect(await trial.written()).toHaveLength(rest.length + 1);
    // and the next process makes it whole
    expect(await trial.tombstones()).toHaveLength(rest.length + 2);
  });

  it('of a database that was lost is set aside when a worker starts on another one, and a restore reads it', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    await trial.backUp();
    await world.decide.decide(ada.caller, bob.device.address, 'revoke');
    await trial.tombstones();
    const { url } = await freshDatabase();
    const empty = new Stores({ url });
    const home = { id: TENANT, nativeHost: 'another.example', region: 'local', registration: 'open' } as const;
    await empty.tenants.ensure(home, new Date(world.clock.nowMs() + 1_000));
    await trial.keeping(empty).execute();
    await empty.close();
    expect((await readdir(trial.dataFolder)).toSorted()).toEqual([
      expect.stringMatching(/^tombstones-\d+\.jsonl$/),
      FILE,
    ]);
    const { stores, report } = await trial.restored({ tombstones: await trial.written() });
    expect(report.takenBack.get('consents withdrawn')).toBe(1);
    await stores.close();
  });
});
