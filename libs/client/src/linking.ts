import { deviceKeysSchema, toWireJson, type DeviceKeys } from '@causeway/api-contract';
import {
  decodeCbor,
  encodeCbor,
  equalBytes,
  fromBase64Url,
  parseDeviceId,
  toBase64Url,
  utf8,
  type Bytes,
  type DeviceId,
} from '@causeway/message-model';
import { z } from 'zod';
import type { DeviceContext } from './device-context.js';
import type { DeviceStore } from './device-store.js';
import { listedDevice, makeNewDevice, tokenDigest, unplacedSelf } from './new-device.js';
import { NotPrimaryError, type OwnList } from './own-list.js';
import { firstKeys } from './pre-keys.js';
import { contactSchema, peerSchema, RECORDS, selfSchema, type Self } from './records.js';
import { makeTicketKeys, openTicket, sealTicket } from './ticket-box.js';
import { judgeDeviceList, pinnedDevices } from './trust.js';

/** The offer or ticket is not one, answers another offer, or names another gateway. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
}

const offerSchema = z.object({
  format: z.literal('causeway-link-offer-v1'),
  gateway: z.string(),
  ticketKey: z.string(),
  device: deviceKeysSchema,
});

/** Everything an account's primary device knows that a new one needs; contacts and pins come along, history does not. */
const ticketSchema = z.object({
  format: z.literal('causeway-link-ticket-v1'),
  self: selfSchema.pick({
    host: true,
    tenant: true,
    region: true,
    account: true,
    address: true,
    deviceId: true,
    accountKey: true,
    list: true,
    edgeIdentity: true,
  }),
  peers: z.array(peerSchema),
  contacts: z.array(contactSchema),
});

/** Makes a device without an account and describes its public half; the private half stays in the folder. */
export async function makeOffer(store: DeviceStore, gateway: string, nowMs: number): Promise<string> {
  const device = makeNewDevice();
  const ticket = makeTicketKeys();
  return store.unit(async (unit) => {
    const { signedPreKey, lastResortKyber } = await firstKeys(unit, unplacedSelf(device, gateway), nowMs);
    const { registrationId, identityKey, sealKeyId, sealKey, token } = device;
    const published: DeviceKeys = {
      registrationId,
      identityKey,
      sealKeyId,
      sealKey,
      signedPreKey,
      lastResortKyber,
      // Uploaded after joining: without them an offer fits a QR code.
      oneTime: { ec: [], kyber: [] },
      tokenDigest: tokenDigest(token),
    };
    const ticketKey = toBase64Url(ticket.publicKey);
    const offer = { format: 'causeway-link-offer-v1', gateway, ticketKey, device: published };
    unit.put(RECORDS.sealKey, String(sealKeyId), {
      publicKey: sealKey,
      privateKey: device.sealPrivateKey,
      madeAtMs: nowMs,
      replacedAtMs: null,
    });
    const text = toBase64Url(utf8(toWireJson(offer)));
    unit.put(RECORDS.offer, 'current', { ...device, gateway, ticketKeys: ticket, offer: text });
    return text;
  });
}

/** Puts the offered device on the list of this account and answers with its ticket. Only the primary device can. */
export async function linkDevice(context: DeviceContext, list: OwnList, offerText: string): Promise<string> {
  const offer = readOffer(offerText);
  const self = context.own.current;
  if (new URL(offer.gateway).href !== new URL(self.gateway).href)
    throw new LinkError('the offer names another gateway');
  if (!self.accountPrivateKey) throw new NotPrimaryError();
  const ticketKey = fromBase64Url(offer.ticketKey);
  if (!ticketKey) throw new LinkError('this is not an offer');
  const deviceId = await takeDeviceId(context);
  const added = listedDevice(offer.device, deviceId, context.nowMs());
  await list.publish((devices) => [...devices, added], [{ ...offer.device, deviceId }]);
  const { host, tenant, region, account, address, accountKey, list: pin, edgeIdentity } = context.own.current;
  const ticket = {
    format: 'causeway-link-ticket-v1',
    self: { host, tenant, region, account, address, deviceId, accountKey, list: pin, edgeIdentity },
    peers: (await context.store.list(RECORDS.peer)).map(({ record }) => record),
    contacts: (await context.store.list(RECORDS.contact)).map(({ record }) => record),
  };
  return toBase64Url(sealTicket(encodeCbor(ticket), ticketKey));
}

/** Taken before it is used: a device id that may have been published is never given to another device. */
function takeDeviceId({ store, own }: DeviceContext): Promise<DeviceId> {
  return store.unit(async (unit) => {
    const { nextDeviceId } = (await unit.get(RECORDS.self, 'self')) ?? own.current;
    const deviceId = parseDeviceId(nextDeviceId);
    if (!deviceId) throw new LinkError('no further device can be linked');
    await own.change(unit, { nextDeviceId: deviceId + 1 });
    return deviceId;
  });
}

/** Takes the place the ticket gives this device, after checking that the signed list really names it. */
export async function joinAccount(store: DeviceStore, ticketText: string): Promise<Self> {
  const offer = await store.get(RECORDS.offer, 'current');
  if (!offer) throw new LinkError('this folder made no offer');
  const box = fromBase64Url(ticketText);
  const opened = box && openTicket(box, offer.ticketKeys);
  const ticket = opened && ticketSchema.safeParse(decodeCbor(opened));
  if (!ticket?.success) throw new LinkError('the ticket does not answer this offer');
  const { self: place, peers, contacts } = ticket.data;
  if (!isPlaced(place, offer.identityKey)) throw new LinkError('the device list does not name this device');
  const { gateway, registrationId, identityKey, identityPrivateKey, token } = offer;
  const self: Self = {
    ...place,
    gateway,
    registrationId,
    identityKey,
    identityPrivateKey,
    accountPrivateKey: null,
    token,
    offeredEdgeIdentity: null,
    nextDeviceId: 0,
    isRegistered: true,
    registration: '',
  };
  await store.unit(async (unit) => {
    unit.put(RECORDS.self, 'self', self);
    unit.delete(RECORDS.offer, 'current');
    for (const peer of peers) {
      unit.put(RECORDS.peer, peer.address, peer);
      if (peer.pin) unit.put(RECORDS.addressOfAccount, peer.pin.account, peer.address);
      if (peer.conversation)
        unit.put(RECORDS.conversation, peer.conversation, { kind: 'native', address: peer.address });
    }
    for (const each of contacts) {
      unit.put(RECORDS.contact, each.address, each);
      unit.put(RECORDS.conversation, each.conversation, {
        kind: 'clear',
        address: each.address,
        contact: each.contact,
      });
    }
  });
  return self;
}

function isPlaced(place: z.output<typeof ticketSchema>['self'], identityKey: Bytes): boolean {
  const { account, address, accountKey, list, deviceId } = place;
  const judged = judgeDeviceList(null, { account, address, accountKey, deviceList: list.list }, address);
  if (judged.kind !== 'first-use' || judged.pin.version !== list.version) return false;
  const mine = pinnedDevices(list).find((device) => device.deviceId === deviceId);
  return mine !== undefined && equalBytes(mine.identityKey, identityKey);
}

function readOffer(text: string): z.output<typeof offerSchema> {
  const bytes = fromBase64Url(text);
  const parsed = bytes && offerSchema.safeParse(readJson(new TextDecoder().decode(bytes)));
  if (!parsed?.success) throw new LinkError('this is not an offer');
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
