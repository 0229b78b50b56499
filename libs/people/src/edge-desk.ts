import type { AccountId, Capabilities, DeviceId, TenantId } from '@causeway/message-model';

/** A clear network as the edge offers it. */
export interface OfferedNetwork {
  readonly network: 'sms' | 'rcs';
  readonly isSimulated: boolean;
  readonly regions: readonly string[];
  readonly capabilities: Capabilities;
}

/** What the edge says of itself. Bytes as base64url: it travels as JSON. */
export interface EdgeState {
  readonly identity: string;
  readonly bundle: { readonly bytes: string; readonly signature: string };
  /** Leg keys that still open, more than the bundle offers to seal to: unsigned, for early answers only. Unix seconds. */
  readonly livingKeys: readonly { readonly keyId: string; readonly destroyAt: number }[];
  readonly networks: readonly OfferedNetwork[];
  /** The operator's own, and public: what is texted to reach an alias. E.164. */
  readonly bridgeNumbers: readonly string[];
}

export interface ResolveContactQuestion {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly keyId: string;
  readonly sealedAddress: string;
}

export type ResolveContactAnswer =
  | {
      readonly kind: 'contact';
      readonly contact: string;
      readonly conversation: string;
      readonly country: string;
      readonly lineType: string;
      /** Address of who linked the number and may be found by this asker; null for all others alike. */
      readonly native: string | null;
    }
  | {
      readonly kind: 'refused';
      readonly code: 'edge-key-stale' | 'invalid-address' | 'rate-limited' | 'no-bridge-number';
    };

export type BeginLinkAnswer =
  | { readonly kind: 'begun'; readonly challenge: string; readonly expiresAt: string }
  | { readonly kind: 'refused'; readonly code: 'edge-key-stale' | 'invalid-address' | 'rate-limited' | 'unavailable' };

export interface ProveLinkQuestion {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly challenge: string;
  readonly code: string;
}

export type ProveLinkAnswer =
  { readonly kind: 'linked' } | { readonly kind: 'refused'; readonly code: 'code-wrong' | 'too-many-links' };

/** Questions to the edge that need an answer now. Throws `CausewayError('unavailable')` while no edge answers. */
export interface EdgeDesk {
  describe(): Promise<EdgeState>;
  /** The same, asked anew: after a key was found stale. */
  describeFresh(): Promise<EdgeState>;
  resolveContact(question: ResolveContactQuestion): Promise<ResolveContactAnswer>;
  /** Texts a code to a number that a device sealed to the edge. */
  beginLink(question: ResolveContactQuestion): Promise<BeginLinkAnswer>;
  proveLink(question: ProveLinkQuestion): Promise<ProveLinkAnswer>;
}

/** Names of the questions on the wire between our processes. */
export const EDGE_QUESTIONS = {
  describe: 'edge.describe',
  resolveContact: 'edge.resolve-contact',
  beginLink: 'edge.begin-link',
  proveLink: 'edge.prove-link',
} as const;
