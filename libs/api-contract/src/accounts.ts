import { z } from 'zod';
import {
  accountIdField,
  bytesField,
  curveKeyField,
  deviceIdField,
  digestField,
  keyIdField,
  nativeAddressField,
  registrationIdField,
  signatureField,
  signedField,
} from './fields.js';

export const preKeySchema = z.object({ keyId: keyIdField, publicKey: curveKeyField });
export const signedPreKeySchema = preKeySchema.extend({ signature: signatureField });
export const kyberPreKeySchema = z.object({
  keyId: keyIdField,
  publicKey: bytesField({ min: 1569, max: 1569 }),
  signature: signatureField,
});

/** One-time keys are handed out once; a list that is present replaces all stored keys of its kind. */
export const oneTimeKeysSchema = z.object({
  ec: z.array(preKeySchema).max(100),
  kyber: z.array(kyberPreKeySchema).max(20),
});

/** The public half of a device, made on the device. `tokenDigest` is SHA-256 of the bearer token, which the device alone keeps. */
export const deviceKeysSchema = z.object({
  registrationId: registrationIdField,
  identityKey: curveKeyField,
  sealKeyId: keyIdField,
  sealKey: curveKeyField,
  signedPreKey: signedPreKeySchema,
  lastResortKyber: kyberPreKeySchema,
  oneTime: oneTimeKeysSchema,
  tokenDigest: digestField,
});

export const registerSchema = z.object({
  address: nativeAddressField,
  account: accountIdField,
  accountKey: curveKeyField,
  deviceList: signedField,
  device: deviceKeysSchema,
  invite: z.string().max(100).optional(),
});

/** A new signed list; devices that are not on it any more lose their token and inbox at once. */
export const updateDevicesSchema = z.object({
  deviceList: signedField,
  added: z
    .array(deviceKeysSchema.extend({ deviceId: deviceIdField }))
    .max(4)
    .default([]),
});

export const uploadKeysSchema = z.object({
  signedPreKey: signedPreKeySchema.optional(),
  lastResortKyber: kyberPreKeySchema.optional(),
  oneTime: oneTimeKeysSchema.partial().optional(),
});

export const edgeDescriptionSchema = z.object({
  tenant: z.string(),
  region: z.string(),
  identity: curveKeyField,
  bundle: signedField,
});

export const registeredSchema = z.object({
  account: z.string(),
  deviceId: z.int(),
  address: z.string(),
  edge: edgeDescriptionSchema,
});

export const keyCountSchema = z.object({ ec: z.int(), kyber: z.int() });

/** Key bundles of the other account of a conversation, or of the caller's own other devices. */
export const takeBundlesSchema = z.object({
  conversation: z.string().max(100).optional(),
  of: z.enum(['peer', 'self']).default('peer'),
  devices: z.array(deviceIdField).min(1).max(127),
});

export const bundleSchema = z.object({
  deviceId: deviceIdField,
  registrationId: registrationIdField,
  identityKey: curveKeyField,
  signedPreKey: signedPreKeySchema,
  preKey: preKeySchema.nullable(),
  kyberPreKey: kyberPreKeySchema,
});

export const bundlesSchema = z.object({ bundles: z.array(bundleSchema) });

/** What a client needs to verify the devices of one account. It believes the signature, never the gateway. */
export const accountDevicesSchema = z.object({
  account: accountIdField,
  address: nativeAddressField,
  accountKey: curveKeyField,
  deviceList: signedField,
});

export const conversationDevicesSchema = z.object({ peer: accountDevicesSchema, self: accountDevicesSchema });

export type DeviceKeys = z.infer<typeof deviceKeysSchema>;
export type RegisterRequest = z.infer<typeof registerSchema>;
export type UpdateDevicesRequest = z.infer<typeof updateDevicesSchema>;
export type UploadKeysRequest = z.infer<typeof uploadKeysSchema>;
export type EdgeDescription = z.infer<typeof edgeDescriptionSchema>;
export type PreKeyBundle = z.infer<typeof bundleSchema>;
export type AccountDevices = z.infer<typeof accountDevicesSchema>;
export type TakeBundlesRequest = z.infer<typeof takeBundlesSchema>;
