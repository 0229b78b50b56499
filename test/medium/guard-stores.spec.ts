import { describe, it } from '@jest/globals';
import { RedisGuardStore } from '@causeway/abuse-control';
import { describeGuardStore } from '@causeway/abuse-control/testing';
import { Stores } from '@causeway/storage';
import { RedisScriptRunner } from '@causeway/work-queue';
import { freshDatabase } from '../support/database.js';
import { canRunRedis, startRedis } from '../support/redis.js';

describeGuardStore('PostgreSQL', async () => {
  const { url } = await freshDatabase();
  const stores = new Stores({ url });
  return { store: stores.guard, close: () => stores.close() };
});

if (canRunRedis()) {
  describeGuardStore('Redis', async () => {
    const redis = await startRedis();
    const scripts = new RedisScriptRunner(redis.url);
    return {
      store: new RedisGuardStore(scripts),
      close: async () => {
        await scripts.close();
        await redis.stop();
      },
    };
  });
} else {
  describe('the guard’s store in Redis', () => {
    it.skip('needs redis-server', () => undefined);
  });
}
