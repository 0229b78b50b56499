import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { uploadKeysSchema, type UploadKeysRequest } from '@causeway/api-contract';
import { PRE_KEY_POLICY, PreKeys } from './pre-keys.js';
import { RECORDS } from './records.js';
import { ScriptedGateway } from './testing/scripted-gateway.js';
import { TestDevice } from './testing/test-device.js';

const DAY_MS = 86_400_000;
let ada: TestDevice;
let gateway: ScriptedGateway;
let left: { ec: number; kyber: number };

beforeEach(async () => {
  left = { ec: 100, kyber: 20 };
  gateway = await ScriptedGateway.start(({ method }) =>
    method === 'GET' ? { status: 200, body: left } : { status: 204 },
  );
  ada = await TestDevice.make('ada', gateway.url);
});
afterEach(async () => {
  await gateway.close();
  await ada.dispose();
});

const uploads = (): UploadKeysRequest[] =>
  gateway.calls.filter(({ method }) => method === 'PUT').map(({ body }) => uploadKeysSchema.parse(body));

describe('pre-keys', () => {
  it('are published in full at registration', () => {
    expect(ada.keys.oneTime.ec).toHaveLength(PRE_KEY_POLICY.oneTimeEc);
    expect(ada.keys.oneTime.kyber).toHaveLength(PRE_KEY_POLICY.oneTimeKyber);
  });

  it('are left alone while there are enough', async () => {
    left = { ec: 10, kyber: 10 };
    await new PreKeys(ada.context).maintain();
    expect(uploads()).toEqual([]);
  });

  it.each([
    [{ ec: 9, kyber: 20 }, { ec: 100 }],
    [{ ec: 100, kyber: 9 }, { kyber: 20 }],
    [
      { ec: 0, kyber: 0 },
      { ec: 100, kyber: 20 },
    ],
  ])('are refilled from %j', async (count, expected) => {
    left = count;
    await new PreKeys(ada.context).maintain();
    const sizes = uploads().map(({ oneTime }) => ({
      ...(oneTime?.ec ? { ec: oneTime.ec.length } : {}),
      ...(oneTime?.kyber ? { kyber: oneTime.kyber.length } : {}),
    }));
    expect(sizes).toEqual([expected]);
  });

  it('never take an id twice', async () => {
    left = { ec: 0, kyber: 20 };
    await new PreKeys(ada.context).maintain();
    await new PreKeys(ada.context).maintain();
    const ids = [ada.keys.oneTime.ec, ...uploads().map(({ oneTime }) => oneTime?.ec ?? [])]
      .flat()
      .map(({ keyId }) => keyId);
    expect(new Set(ids).size).toBe(300);
  });

  it('that are signed change every two days, and the replaced ones stay for thirty', async () => {
    const keys = new PreKeys(ada.context);
    ada.clock.nowMs += 2 * DAY_MS - 1;
    await keys.maintain();
    expect(uploads()).toEqual([]);
    ada.clock.nowMs += 1;
    await keys.maintain();
    expect(uploads()).toMatchObject([{ signedPreKey: {}, lastResortKyber: {} }]);
    const first = ada.keys.signedPreKey.keyId;
    expect((await ada.context.store.get(RECORDS.preKeys, 'current'))?.replaced).toMatchObject([{ keyId: first }]);
    ada.clock.nowMs += 30 * DAY_MS;
    await keys.maintain();
    const replaced = (await ada.context.store.get(RECORDS.preKeys, 'current'))?.replaced.map(({ keyId }) => keyId);
    expect(replaced).not.toContain(first);
    expect(replaced).toHaveLength(1);
  });

  it('that are signed are too old to send with after fourteen days', async () => {
    const keys = new PreKeys(ada.context);
    ada.clock.nowMs += 14 * DAY_MS;
    expect(await keys.areYoungEnough()).toBe(true);
    ada.clock.nowMs += 1;
    expect(await keys.areYoungEnough()).toBe(false);
  });
});
