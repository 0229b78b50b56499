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
    }
  | {
      readonly kind: 'refused';
      readonly code: 'edge-key-stale' | 'invalid-address' | 'rate-limited' | 'no-bridge-number';
    };

/** Questions to the edge that need an answer now. Throws `CausewayError('unavailable')` while no edge answers. */
export interface EdgeDesk {
  describe(): Promise<EdgeState>;
  /** The same, asked anew: after a key was found stale. */
  describeFresh(): Promise<EdgeState>;
  resolveContact(question: ResolveContactQuestion): Promise<ResolveContactAnswer>;
}

/** Names of the questions on the wire between our processes. */
export const EDGE_QUESTIONS = { describe: 'edge.describe', resolveContact: 'edge.resolve-contact' } as const;
