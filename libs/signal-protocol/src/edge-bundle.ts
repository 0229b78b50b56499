import { encodeCbor, type Bytes } from '@causeway/message-model';
import { readDocument, refuse, type FieldReader } from './field-reader.js';
import { sign, verify } from './key-pair.js';
import { LIMITS } from './limits.js';
import type { Signed } from './names.js';

/** `short`: deadlines of at most 5 minutes, keys that live minutes. `day`: deadlines of at most 24 hours. */
export type LegTrack = 'short' | 'day';

/** A public key of the edge that clear-leg bodies and numbers are sealed to. Times are Unix seconds. */
export interface LegKey {
  readonly keyId: string;
  readonly track: LegTrack;
  readonly publicKey: Bytes;
  readonly sealFrom: number;
  /** Exclusive. */
  readonly sealUntil: number;
  /** From then on nobody can open what was sealed to the key. */
  readonly destroyAt: number;
}

/** The keys of one edge that can be sealed to now and next. */
export interface EdgeBundle {
  readonly region: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly keys: readonly LegKey[];
}

/** Deterministic CBOR of a bundle and the edge identity's signature over it. */
export type SignedEdgeBundle = Signed;

const LABEL = 'causeway-edge-bundle-v1';

/** The longest deadline track `short` takes, counted from the moment of sealing. */
export const SHORT_DEADLINE_SECONDS = 300;
/** The longest deadline of any clear leg. */
export const DAY_DEADLINE_SECONDS = 86_400;
/** A deadline stays this far before the key's destruction, so that an attempt begun at the deadline can still open. */
export const DESTRUCTION_MARGIN_SECONDS = 60;

/** Signs a bundle with the edge identity. */
export function signEdgeBundle(bundle: EdgeBundle, edgePrivateKey: Uint8Array): SignedEdgeBundle {
  const rows = bundle.keys.map((key) => [
    key.keyId,
    key.track,
    key.publicKey,
    key.sealFrom,
    key.sealUntil,
    key.destroyAt,
  ]);
  const bytes = encodeCbor([LABEL, bundle.region, bundle.issuedAt, rows]);
  return { bytes, signature: sign(edgePrivateKey, bytes) };
}

/** The bundle, or `undefined` when the pinned edge identity did not sign it or a field is not what it should be. */
export function openEdgeBundle(signed: SignedEdgeBundle, edgeIdentity: Uint8Array): EdgeBundle | undefined {
  return verify(edgeIdentity, signed.bytes, signed.signature) ? readDocument(signed.bytes, readBundle) : undefined;
}

/** Whether a body with this deadline may be sealed to, or accepted for, the key: the rule asserted at accept. Unix seconds. */
export function outlivesDeadline(key: Pick<LegKey, 'destroyAt'>, deadline: number): boolean {
  return deadline <= key.destroyAt - DESTRUCTION_MARGIN_SECONDS;
}

/**
 * The key to seal to for a deadline, of those that fit the one that dies first. `undefined` when the deadline has
 * passed, is too far away, or the bundle is too old: a fresh bundle helps in the last case only. Unix seconds.
 */
export function chooseLegKey(
  bundle: EdgeBundle,
  { deadline, now }: { readonly deadline: number; readonly now: number },
): LegKey | undefined {
  if (deadline <= now) return undefined;
  const track: LegTrack = deadline - now <= SHORT_DEADLINE_SECONDS ? 'short' : 'day';
  const fitting = bundle.keys.filter(
    (key) => key.track === track && key.sealFrom <= now && now < key.sealUntil && outlivesDeadline(key, deadline),
  );
  return fitting.toSorted((a, b) => a.destroyAt - b.destroyAt)[0];
}

function readBundle(fields: FieldReader): EdgeBundle {
  fields.literal(LABEL);
  const bundle = {
    region: fields.text(),
    issuedAt: fields.time(),
    keys: fields.rows(LIMITS.legKeys, readLegKey),
  };
  return new Set(bundle.keys.map((key) => key.keyId)).size === bundle.keys.length ? bundle : refuse();
}

function readLegKey(fields: FieldReader): LegKey {
  const key: LegKey = {
    keyId: fields.text(),
    track: fields.oneOf(['short', 'day']),
    publicKey: fields.publicKey(),
    sealFrom: fields.time(),
    sealUntil: fields.time(),
    destroyAt: fields.time(),
  };
  return key.sealFrom < key.sealUntil && key.sealUntil <= key.destroyAt ? key : refuse();
}
