import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { edgeDescriptionSchema } from '@causeway/api-contract';
import { z } from 'zod';
import { Intruder, legsOf } from '../support/intruder.js';
import { about, LiarsWorld, refused, ROUTES } from '../support/liars-world.js';
import type { LyingGateway } from '../support/lying-gateway.js';
import { RawDevice } from '../support/raw-device.js';
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

const EDGE = /^\/v1\/edge$/;

describe('a gateway that swaps the edge', () => {
  const honestEdge = async (handle: string) => {
    const peek = await RawDevice.register(world.gatewayUrl, world.handle(handle));
    return edgeDescriptionSchema.parse((await peek.call('GET', '/v1/edge')).document);
  };

  it(
    'is not told a number: the new identity is shown to the sender, and nothing is sealed to it',
    async () => {
      const intruder = new Intruder();
      const ada = await liars.deceived('edge-number');
      const accounts = await liars.accountsOf(ada.device);
      const since = gateway.heard.length;
      gateway.tell(
        about(EDGE, (body) => ({
          ...body,
          identity: Buffer.from(intruder.edge.publicKey).toString('base64url'),
          bundle: intruder.edgeBundle(
            edgeDescriptionSchema.parse(body).bundle,
            edgeDescriptionSchema.parse(body).identity,
          ),
        })),
      );
      const error = await refused(ada.device.send('tel:+14155550151', 'not for this edge', { allowClear: ['sms'] }));
      expect(error).toMatchObject({ reason: 'edge-bundle-does-not-verify', about: 'edge' });
      const offered = Buffer.from(intruder.edge.publicKey).toString('base64url');
      expect(ada.edgeChanges).toEqual([expect.objectContaining({ offered })]);
      const said = liars.expectNothingFor(intruder, accounts, since);
      expect(said.map(({ path }) => path)).not.toContain('/v1/contacts');
      gateway.tellTheTruth();
      await ada.device.send('tel:+14155550151', 'for the true edge', { allowClear: ['sms'] });
      await eventually(async () =>
        (await world.carrier.received('+14155550151')).some(({ body }) => body === 'for the true edge'),
      );
      liars.expectNothingFor(intruder, accounts, since);
    },
    TEST_MS,
  );

  it.each([
    ['in the plan', ROUTES],
    ['in the answer to a stale key', /^\/v1\/messages$/],
  ] as const)(
    '%s gets no words, and they go when the true one is shown again',
    async (where, path) => {
      const intruder = new Intruder();
      const ada = await liars.deceived(`edge-${where.length}`);
      const accounts = await liars.accountsOf(ada.device);
      const phone = where === 'in the plan' ? '+14155550152' : '+14155550153';
      const waiting = await ada.device.send(`tel:${phone}`, 'permitted words');
      const since = gateway.heard.length;
      const honest = await honestEdge(`peek-${where.length}`);
      const forged = intruder.edgeBundle(honest.bundle, honest.identity);
      gateway.tell((told, heard) => {
        if (!path.test(heard.path)) return undefined;
        const body = z.record(z.string(), z.unknown()).parse(told.body);
        if (path === ROUTES) return { status: told.status, body: { ...body, edge: forged } };
        const problem = {
          type: 'urn:causeway:problem:edge-key-stale',
          title: 'stale',
          status: 409,
          code: 'edge-key-stale',
          edge: forged,
        };
        return { status: 409, body: problem };
      });
      const error = await refused(ada.device.approve(waiting));
      expect(error).toMatchObject({ reason: 'edge-bundle-does-not-verify', about: 'edge' });
      expect(ada.troubles).toContainEqual({ reason: 'edge-bundle-does-not-verify', about: 'edge' });
      liars.expectNothingFor(intruder, accounts, since);
      gateway.tellTheTruth();
      await ada.device.send(`tel:${phone}`, 'and in truth', { allowClear: ['sms'] });
      await eventually(async () =>
        (await world.carrier.received(phone)).some(({ body }) => body === 'permitted words'),
      );
      await eventually(async () => (await world.carrier.received(phone)).some(({ body }) => body === 'and in truth'));
      liars.expectNothingFor(intruder, accounts, since);
    },
    TEST_MS,
  );

  it(
    'with another contact in the plan gets no words',
    async () => {
      const ada = await liars.deceived('plan');
      const [first, second] = ['+14155550154', '+14155550155'];
      const waiting = await ada.device.send(`tel:${first}`, 'for one number');
      let other: unknown;
      gateway.tell(about(ROUTES, (body) => (other = body)));
      await ada.device.send(`tel:${second}`, 'for the other');
      gateway.tell(about(ROUTES, () => other));
      const since = gateway.heard.length;
      const error = await refused(ada.device.approve(waiting));
      expect(error).toMatchObject({ reason: 'plan-does-not-match', about: `tel:${first}` });
      expect(ada.troubles).toContainEqual({ reason: 'plan-does-not-match', about: `tel:${first}` });
      expect(legsOf(gateway.heard.slice(since))).toEqual([]);
      gateway.tellTheTruth();
      await ada.device.approve(waiting);
      await eventually(async () => (await world.carrier.received(first)).length === 1);
      expect(await world.carrier.received(second)).toEqual([]);
    },
    TEST_MS,
  );
});
