import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readTombstoneFile, Stores } from '@causeway/storage';
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
    await writeFile(join(trial.dataFolder, FILE), `${whole}["half a li`);
    expect(await trial.written()).toHaveLength(rest.length + 2);
    // and the next process makes it whole
    expect(await trial.tombstones()).toHaveLength(rest.length + 2);
    expect(await text()).not.toContain('half a li');
    expect(trial.setAside).toEqual([]);
  });

  it('is refused with its end cut off, by a line or in the middle of one', async () => {
    await blocking(3);
    await trial.tombstones();
    const whole = await text();
    const lines = whole.trimEnd().split('\n');
    for (const cut of [whole.slice(0, -20), `${lines.slice(0, -1).join('\n')}\n`, `${lines[0]}\n`]) {
      await writeFile(join(trial.dataFolder, FILE), cut);
      await expect(trial.written()).rejects.toThrow('is cut short');
    }
  });

  it('is set aside when it was cut, aloud, and written anew with what the database knows', async () => {
    const keep = trial.keeping();
    await blocking(3);
    await keep.execute();
    const whole = await text();
    await writeFile(join(trial.dataFolder, FILE), whole.slice(0, -200));
    // the process that keeps it notices without being started again
    await keep.execute();
    expect(trial.setAside).toEqual(['cut-short']);
    expect(consentsAmong(await trial.written())).toHaveLength(3);
    expect(await readdir(trial.dataFolder)).toContainEqual(expect.stringMatching(/^tombstones-\d+\.damaged\.jsonl$/));
  });

  it('stops a restore when it was cut or is no list, and its database is not there to know better', async () => {
    await blocking(3);
    await trial.tombstones();
    const whole = await text();
    const { url } = await freshDatabase();
    const empty = new Stores({ url });
    for (const damaged of [whole.slice(0, -200), 'no list']) {
      await writeFile(join(trial.dataFolder, FILE), damaged);
      await trial.keeping(empty).execute();
      await expect(trial.written()).rejects.toThrow(/is cut short|cannot be read/);
      for (const name of await readdir(trial.dataFolder)) if (name !== FILE) await rm(join(trial.dataFolder, name));
    }
    expect(trial.setAside).toEqual(['cut-short', 'unreadable']);
    await empty.close();
  });

  it('copied to another place is read as it is, and does not claim to be whole', async () => {
    await blocking(1);
    await trial.tombstones();
    const copy = join(await mkdtemp(join(folder, 'copy-')), FILE);
    await writeFile(copy, await text());
    expect(await readTombstoneFile(copy)).toMatchObject({ end: 'unknown' });
    expect(await readTombstoneFile(join(trial.dataFolder, FILE))).toMatchObject({ end: 'whole' });
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
      'tombstones.heads.json',
      FILE,
    ]);
    expect(trial.setAside).toEqual(['another-database']);
    const { stores, report } = await trial.restored({ tombstones: await trial.written() });
    expect(report.takenBack.get('consents withdrawn')).toBe(1);
    await stores.close();
  });
});
