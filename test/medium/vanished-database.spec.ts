import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@causeway/storage';
import { freshDatabase } from '../support/database.js';
import { LinkProxy } from '../support/link-proxy.js';

let link: LinkProxy;
let database: Database;
beforeAll(async () => {
  const url = new URL((await freshDatabase({ isEmpty: true })).url);
  link = await LinkProxy.open(Number(url.port));
  url.port = String(link.port);
  database = new Database({ url: url.href, answerWithinMs: 500 });
}, 60_000);
afterAll(async () => {
  await database.close();
  await link.close();
});

const one = () => database.query<{ one: number }>('SELECT 1 AS one');

describe('a database that vanished without a word', () => {
  it('is unavailable after a while, not waited for, and the next statement takes another connection', async () => {
    expect(await one()).toEqual([{ one: 1 }]);
    link.halfOpen();
    await expect(one()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await one()).toEqual([{ one: 1 }]);
  });

  it('is unavailable to a transaction as well', async () => {
    link.halfOpen();
    const work = database.transaction((transaction) => transaction.$queryRawUnsafe('SELECT 1'));
    await expect(work).rejects.toMatchObject({ code: 'unavailable' });
    expect(await one()).toEqual([{ one: 1 }]);
  });
});
