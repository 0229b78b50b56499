import { z } from 'zod';
import { contactIdField, nativeAddressField } from './fields.js';
import { clearNetworkField } from './routes.js';

/** A way in somebody's order: a network, also one that a module brings, or one address of several on native networks. */
const wayField = z.union([z.literal('native'), clearNetworkField, nativeAddressField.transform(({ uri }) => uri)]);
/** The host of a native network stands for its owner's account there, once that is linked with the one whose order it is. */
const hostField = z.string().regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/);
const orderField = z.array(z.union([wayField, hostField])).max(16);
const floorField = z.literal('sealed').nullable();

/** Parts that are there replace what was said before; null takes it back. */
const peerChange = {
  notOver: z.array(clearNetworkField).max(8).optional(),
  order: orderField.nullable().optional(),
  removed: z.array(wayField).max(16).optional(),
  floor: floorField.optional(),
};

/** Rules towards everybody. `networksOn`: clear networks that may be used for this account at all; none until turned on. */
export const changePreferencesSchema = z.strictObject({
  networksOn: z.array(clearNetworkField).max(8).optional(),
  ...peerChange,
});

/** Rules towards one other person, by address or contact; whether they exist is not looked at. */
export const changePeerPreferencesSchema = z.union([
  z.strictObject({ peer: nativeAddressField, ...peerChange }),
  z.strictObject({ contact: contactIdField, ...peerChange }),
]);

const rules = {
  notOver: z.array(z.string()),
  order: z.array(z.string()).nullable(),
  removed: z.array(z.string()),
  floor: floorField,
};
export const preferencesSchema = z.object({
  networksOn: z.array(z.string()),
  ...rules,
  /** Rules that differ for single people; `peer` is an address or a contact. */
  peers: z.array(z.object({ peer: z.string(), ...rules })),
});

export type PreferencesDescription = z.output<typeof preferencesSchema>;
export type ChangePreferences = z.input<typeof changePreferencesSchema>;
