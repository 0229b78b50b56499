import type { AccountId, Capabilities, ContactId, DeviceId, TenantId } from '@causeway/message-model';

/** A clear network as the edge offers it. */
export interface OfferedNetwork {
  readonly network: string;
  readonly isSimulated: boolean;
  readonly regions: readonly string[];
}

/** What each offered network carries to one country, by its name. */
export type CapabilitiesByNetwork = Readonly<Record<string, Capabilities>>;

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

/** That someone writes or has read, sealed: base64url. */
export interface IndicateQuestion extends Omit<ResolveContactQuestion, 'sealedAddress'> {
  readonly contact: ContactId;
  readonly sealed: string;
}

/** Questions to the edge that need an answer now. Throws `CausewayError('unavailable')` while no edge answers. */
export interface EdgeDesk {
  describe(): Promise<EdgeState>;
  /** The same, asked anew: after a key was found stale. */
  describeFresh(): Promise<EdgeState>;
  /** For recipients in a country (ISO 3166-1 alpha-2; `ZZ` when nobody knows): what a carrier takes differs from one to the next. */
  capabilities(country: string): Promise<CapabilitiesByNetwork>;
  resolveContact(question: ResolveContactQuestion): Promise<ResolveContactAnswer>;
  /** Texts a code to a number that a device sealed to the edge. */
  beginLink(question: ResolveContactQuestion): Promise<BeginLinkAnswer>;
  proveLink(question: ProveLinkQuestion): Promise<ProveLinkAnswer>;
  /** Best effort: what became of it is nobody's to know. */
  indicate(question: IndicateQuestion): Promise<void>;
}

/** Names of the questions on the wire between our processes. */
export const EDGE_QUESTIONS = {
  describe: 'edge.describe',
  resolveContact: 'edge.resolve-contact',
  beginLink: 'edge.begin-link',
  proveLink: 'edge.prove-link',
  capabilities: 'edge.capabilities',
  indicate: 'edge.indicate',
} as const;
