import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import { z } from 'zod';
import { devicesNamed, Intruder, INTRUDER_DEVICE, legsOf } from '../support/intruder.js';
import { about, LISTS, LiarsWorld, lists, refused } from '../support/liars-world.js';
import type { LyingGateway } from '../support/lying-gateway.js';
import { eventually, type World } from '../support/world.js';

const TEST_MS = 30_000;

let liars: LiarsWorld;
let world: World;
let gateway: LyingGateway;

beforeAll(async () => {
  liars = await LiarsWorld.start();
  ({ world, gateway } = liars);
}, 90_000);
afterEach(() => gateway.tellTheTruth());
afterAll(async () => liars.close(), 30_000);

describe('a gateway that lies about a device list', () => {
  it.each([
    [
      'inserts a device',
      (intruder: Intruder, shown: unknown) => intruder.withDevices(shown, (devices) => [...devices, intruder.device]),
    ],
    [
      'swaps the seal key of a device',
      (intruder: Intruder, shown: unknown) =>
        intruder.withDevices(shown, (devices) =>
          devices.map((device) => ({ ...device, sealKey: intruder.seal.publicKey })),
        ),
    ],
    [
      'swaps the identity key of a device',
      (intruder: Intruder, shown: unknown) =>
        intruder.withDevices(shown, (devices) =>
          devices.map((device) => ({ ...device, identityKey: intruder.identity.publicKey })),
        ),
    ],
  ])(
    'and %s gets nothing, and the sender is told',
    async (what, forge) => {
      const intruder = new Intruder();
      const { ada, bob, accounts } = await liars.pair(`list-${what.length}`);
      const since = gateway.heard.length;
      gateway.tell(lists(({ peer, self }) => ({ peer: forge(intruder, peer), self })));
      const error = await refused(ada.device.send(bob.device.address, 'not for the intruder'));
      expect(error).toMatchObject({ reason: 'list-does-not-verify', about: bob.device.address });
      expect(ada.troubles).toContainEqual({ reason: 'list-does-not-verify', about: bob.device.address });
      expect(legsOf(liars.expectNothingFor(intruder, accounts, since))).toEqual([]);
      await liars.expectTruthHeals(ada, bob, 'not for the intruder');
      liars.expectNothingFor(intruder, accounts, since);
    },
    TEST_MS,
  );

  it(
    'and inserts a device into the sender’s own list gets no copy',
    async () => {
      const intruder = new Intruder();
      const { ada, bob, accounts } = await liars.pair('own');
      const since = gateway.heard.length;
      gateway.tell(
        lists(({ peer, self }) => ({
          peer,
          self: intruder.withDevices(self, (devices) => [...devices, intruder.device]),
        })),
      );
      const error = await refused(ada.device.send(bob.device.address, 'no copy for the intruder'));
      expect(error).toMatchObject({ reason: 'list-does-not-verify', about: ada.device.address });
      expect(ada.troubles).toContainEqual({ reason: 'list-does-not-verify', about: ada.device.address });
      expect(legsOf(liars.expectNothingFor(intruder, accounts, since))).toEqual([]);
      await liars.expectTruthHeals(ada, bob, 'no copy for the intruder');
    },
    TEST_MS,
  );

  it(
    'and brings back an older list does not bring back a device that was removed',
    async () => {
      const { ada, bob, accounts } = await liars.pair('older');
      let older: unknown;
      gateway.tell(about(LISTS, (body) => (older = body['peer']) && body));
      const lost = await world.addDevice(bob.device, 'older-bob-2');
      await ada.device.send(bob.device.address, 'while it was theirs');
      await eventually(() => devicesNamed(gateway.heard).includes(lost.deviceId));
      await lost.close();
      await bob.device.removeDevice(lost.deviceId);
      gateway.tellTheTruth();
      await ada.device.send(bob.device.address, 'after it was lost');
      const since = gateway.heard.length;
      gateway.tell(lists(({ self }) => ({ peer: older, self })));
      const error = await refused(ada.device.send(bob.device.address, 'not for the lost one'));
      expect(error).toMatchObject({ reason: 'list-rolled-back', about: bob.device.address });
      expect(ada.troubles).toContainEqual({ reason: 'list-rolled-back', about: bob.device.address });
      expect(legsOf(gateway.heard.slice(since))).toEqual([]);
      await liars.expectTruthHeals(ada, bob, 'not for the lost one');
      expect(devicesNamed(gateway.heard.slice(since))).not.toContain(lost.deviceId);
      expect(accounts).toHaveLength(2);
    },
    TEST_MS,
  );

  it(
    'and shows somebody else’s genuine list gets nothing for them',
    async () => {
      const { ada, bob } = await liars.pair('else');
      const mallory = await liars.pair('else-mallory');
      let theirs: unknown;
      gateway.tell(lists((shown) => (theirs = shown.peer) && shown));
      await mallory.ada.device.send(mallory.bob.device.address, 'their list is shown here');
      const since = gateway.heard.length;
      gateway.tell(lists(({ self }) => ({ peer: theirs, self })));
      const error = await refused(ada.device.send(bob.device.address, 'only for bob'));
      expect(error).toMatchObject({ reason: 'list-for-another-account', about: bob.device.address });
      expect(ada.troubles).toContainEqual({ reason: 'list-for-another-account', about: bob.device.address });
      expect(legsOf(gateway.heard.slice(since))).toEqual([]);
      await liars.expectTruthHeals(ada, bob, 'only for bob');
    },
    TEST_MS,
  );

  it(
    'and names devices in a 409 that no list has gets nothing for them',
    async () => {
      const intruder = new Intruder();
      const { ada, bob, accounts } = await liars.pair('named');
      const since = gateway.heard.length;
      const [account] = accounts;
      gateway.tell((_, heard) =>
        heard.path === '/v1/messages'
          ? {
              status: 409,
              body: {
                type: 'urn:causeway:problem:device-mismatch',
                title: 'The envelopes do not match the devices of the account',
                status: 409,
                code: 'device-mismatch',
                missingDevices: [{ account, deviceId: INTRUDER_DEVICE }],
                extraDevices: [],
              },
            }
          : undefined,
      );
      const error = await refused(ada.device.send(bob.device.address, 'not for those named'));
      expect(error).toMatchObject({ reason: 'devices-beyond-the-verified-list', about: bob.device.address });
      expect(ada.troubles).toContainEqual({ reason: 'devices-beyond-the-verified-list', about: bob.device.address });
      liars.expectNothingFor(intruder, accounts, since);
      await liars.expectTruthHeals(ada, bob, 'not for those named');
      liars.expectNothingFor(intruder, accounts, since);
    },
    TEST_MS,
  );

  it(
    'and writes another seal key into its own tables changes nothing of what is sealed',
    async () => {
      const intruder = new Intruder();
      const { ada, bob, accounts } = await liars.pair('tables');
      const since = gateway.heard.length;
      await liars.database.rows(
        'UPDATE registry.device SET seal_key = $2, identity_key = $3 WHERE account_id = ANY($1)',
        accounts,
        Buffer.from(intruder.seal.publicKey),
        Buffer.from(intruder.identity.publicKey),
      );
      await ada.device.send(bob.device.address, 'sealed for the list');
      await eventually(() => bob.texts().includes('sealed for the list'));
      liars.expectNothingFor(intruder, accounts, since);
    },
    TEST_MS,
  );
});

describe('a gateway that swaps the account key', () => {
  it(
    'gets nothing: the message waits for a review, and goes when the true key is shown again',
    async () => {
      const intruder = new Intruder();
      const { ada, bob, accounts } = await liars.pair('account');
      const since = gateway.heard.length;
      gateway.tell(lists(({ peer, self }) => ({ peer: intruder.withAccountKey(peer), self })));
      const sent = await ada.device.send(bob.device.address, 'for the key I know');
      expect(sent.state).toEqual({ kind: 'waiting-on-sender', reason: 'key-change' });
      expect(ada.keyChanges).toEqual([expect.objectContaining({ address: bob.device.address, wasVerified: false })]);
      expect(legsOf(liars.expectNothingFor(intruder, accounts, since))).toEqual(['none']);
      await liars.expectTruthHeals(ada, bob, 'for the key I know');
      liars.expectNothingFor(intruder, accounts, since);
      expect(ada.keyChanges).toHaveLength(1);
    },
    TEST_MS,
  );
});

const bundles = z.object({
  bundles: z.array(z.looseObject({ signedPreKey: z.looseObject({}), kyberPreKey: z.looseObject({}) })),
});

const swapSchema = z.looseObject({ signedPreKey: z.looseObject({}).optional() });

describe('a gateway that lies about pre-keys', () => {
  it.each([
    [
      'the identity key',
      'identity',
      'bundle-identity',
      (intruder: Intruder) => ({ identityKey: intruder.identity.publicKey }),
    ],
    ['the registration', 'registration', 'bundle-identity', () => ({ registrationId: 77 })],
    [
      'the signed pre-key',
      'signed-key',
      'bundle-signature',
      (intruder: Intruder) => ({ signedPreKey: { publicKey: intruder.identity.publicKey } }),
    ],
  ] as const)(
    'and swaps %s starts no session, and the sender is told',
    async (_, name, reason, swap) => {
      const intruder = new Intruder();
      const [ada, bob] = [await liars.deceived(`${name}-ada`), await liars.friend(`${name}-bob`)];
      const since = gateway.heard.length;
      const swapped = swapSchema.parse(JSON.parse(toWireJson(swap(intruder))));
      gateway.tell(
        about(/^\/v1\/key-bundles$/, (body) => ({
          bundles: bundles.parse(body).bundles.map((bundle) => ({
            ...bundle,
            ...swapped,
            signedPreKey: { ...bundle.signedPreKey, ...swapped.signedPreKey },
          })),
        })),
      );
      const sent = await ada.device.send(bob.device.address, 'first words');
      await eventually(() => ada.troubles.length > 0, { what: 'the sender was told' });
      expect(ada.troubles).toContainEqual({ reason, about: bob.device.address });
      expect((await ada.device.status(sent.messageId)).state.kind).toBe('waiting-on-sender');
      const error = await refused(ada.device.send(bob.device.address, 'second words'));
      expect(error.reason).toBe(reason);
      const accounts = await liars.accountsOf(ada.device, bob.device);
      expect(legsOf(liars.expectNothingFor(intruder, accounts, since)).filter((leg) => leg !== 'none')).toEqual([]);
      await liars.expectTruthHeals(ada, bob, 'first words');
      expect(bob.texts()).toEqual(['first words', 'second words', 'and in truth']);
      liars.expectNothingFor(intruder, accounts, since);
    },
    TEST_MS,
  );
});
