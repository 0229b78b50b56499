import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { numberAad } from '@causeway/message-flow/edge';
import { mintContactId, mintConversationId, parseTenantId, utf8, type TenantId } from '@causeway/message-model';
import { chooseLegKey, openAddress, openEdgeBundle, sealAddress } from '@causeway/signal-protocol';
import { InProcess, must, TENANT, type Person } from '../support/in-process.js';

const OTHER = must(parseTenantId('other'));
const NUMBERS: readonly (readonly [TenantId, string])[] = [
  [TENANT, '+14155550123'],
  [OTHER, '+14155550124'],
];

let world: InProcess;
let ada: Person;
beforeAll(async () => {
  world = await InProcess.open();
  ada = await world.person('ada');
  const now = world.clock.now();
  await world.stores.tenants.ensure(
    { id: OTHER, nativeHost: 'other.local', region: 'local', registration: 'open' },
    now,
  );
  await world.stores.database.query(
    `INSERT INTO registry.account SELECT $1, id, 'mimi://other.local/u/ada', account_key, device_list, device_list_signature,
       device_list_version, consent_policy, created_at FROM registry.account WHERE tenant_id = $2`,
    OTHER,
    TENANT,
  );
}, 60_000);
afterAll(async () => world.close());

async function contactOf(tenant: TenantId, e164: string) {
  const { keys, stores, clock } = world;
  const contact = mintContactId();
  await stores.contacts.create({
    tenant,
    account: ada.caller.account,
    contact,
    conversation: mintConversationId(),
    contactDigest: keys.numberDigest('contact', tenant, e164).digest,
    bindingDigest: keys.numberDigest('binding', tenant, e164).digest,
    digestVersion: 1,
    optOutDigests: [],
    sealedNumber: keys.sealAtRest(utf8(e164), numberAad(tenant, contact)),
    bridgeNumberIds: ['b1'],
    gapClass: 'far' as const,
    country: 'US',
    lineType: 'MOBILE',
    now: clock.now(),
  });
  return { tenant, contact, e164 };
}

describe('rows swapped between tenants', () => {
  it('do not open: sealed numbers are bound to their tenant and contact', async () => {
    const { keys, stores } = world;
    const contacts = await Promise.all(NUMBERS.map(([tenant, e164]) => contactOf(tenant, e164)));
    const opened = async () =>
      Promise.all(
        contacts.map(async ({ tenant, contact }) => {
          const { sealedNumber } = must(await stores.contacts.sealed(tenant, contact));
          const number = keys.openAtRest(sealedNumber, numberAad(tenant, contact));
          return number && Buffer.from(number).toString('utf8');
        }),
      );
    expect(await opened()).toEqual(contacts.map(({ e164 }) => e164));
    const swap = () =>
      stores.database.query(
        `UPDATE registry.contact c SET sealed_number = o.sealed_number FROM registry.contact o
         WHERE c.id = ANY($1) AND o.id = ANY($1) AND c.tenant_id <> o.tenant_id`,
        contacts.map(({ contact }) => contact),
      );
    await swap();
    expect(await opened()).toEqual([undefined, undefined]);
    await swap();
    expect(await opened()).toEqual(contacts.map(({ e164 }) => e164));
  });

  it('are found by nobody: the same number has another digest in another tenant', () => {
    const [one, other] = [TENANT, OTHER].map(
      (tenant) => world.keys.numberDigest('contact', tenant, '+14155550123').digest,
    );
    expect(Buffer.compare(must(one), must(other))).not.toBe(0);
  });

  it('do not open as boxes either', () => {
    const { keys, clock } = world;
    const now = Math.floor(clock.nowMs() / 1000);
    const bundle = must(openEdgeBundle(keys.bundle(), keys.identityPublicKey));
    const leg = must(chooseLegKey(bundle, { now, deadline: now + 60 }));
    const { account, device } = ada.caller;
    const context = { tenant: TENANT, region: 'local', keyId: leg.keyId, account, device };
    const sealedAddress = sealAddress({ context, legPublicKey: leg.publicKey, e164: '+14155550123' });
    const open = (tenant: TenantId) =>
      openAddress({
        context: { ...context, tenant },
        legPrivateKey: must(keys.legPrivateKey(leg.keyId)),
        sealedAddress,
      });
    expect(open(TENANT)).toBeDefined();
    expect(open(OTHER)).toBeUndefined();
  });
});
