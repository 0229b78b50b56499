/** What did not fit what this device had verified before. */
export type TrustFailure =
  | 'list-does-not-verify'
  | 'list-rolled-back'
  | 'list-for-another-account'
  | 'two-lists-of-one-version'
  | 'account-key-changed'
  | 'devices-beyond-the-verified-list'
  | 'bundle-identity'
  | 'bundle-signature'
  | 'edge-bundle-does-not-verify'
  | 'edge-bundle-too-old'
  | 'plan-does-not-match'
  | 'link-does-not-hold'
  | 'own-account';

const WORDS: Record<TrustFailure, string> = {
  'list-does-not-verify': 'the device list is not signed by the account it claims to be of',
  'list-rolled-back': 'the gateway showed an older device list than before',
  'list-for-another-account': 'the device list belongs to another account or address',
  'two-lists-of-one-version': 'the gateway showed two device lists of the same version',
  'account-key-changed': 'the account key changed and the change was not reviewed',
  'devices-beyond-the-verified-list': 'the gateway asks for devices that are not on the verified list',
  'bundle-identity': 'the pre-keys are not of the device on the verified list',
  'bundle-signature': 'the pre-keys are not signed by the device on the verified list',
  'edge-bundle-does-not-verify': 'the keys of the edge are not signed by the edge this device knows',
  'edge-bundle-too-old': 'the keys of the edge are older than the gateway may hand out',
  'plan-does-not-match': 'the route is not the one that was asked for',
  'link-does-not-hold':
    'the gateway would lead to another account without a link that both accounts signed and that holds',
  'own-account': 'what the gateway says of this account is not what this account signed',
};

/**
 * The gateway showed something that contradicts what this device verified before. Nothing was encrypted to it. Repeating
 * the call does not help; what was to be sent stays on the device.
 */
export class TrustError extends Error {
  override readonly name = 'TrustError';
  constructor(
    readonly reason: TrustFailure,
    /** Whom it concerns: an address, or `edge`. */
    readonly about: string,
  ) {
    super(WORDS[reason]);
  }
}
