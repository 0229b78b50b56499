/**
 * What one side can do about consent. The first two are the requester's about themselves, the others the decision of the one who is asked
 * (MIMI protocol, ConsentEntry: cancel 0, request 1, grant 2, revoke 3). A refusal, a block, STOP by SMS and an opt-out on RCS are all `revoke`;
 * an acceptance, a welcome in advance, the end of a block and START are all `grant`.
 */
export const CONSENT_OPERATIONS = ['cancel', 'request', 'grant', 'revoke'] as const;
export type ConsentOperation = (typeof CONSENT_OPERATIONS)[number];

/**
 * Where the decision of one person about another stands. `declined` is a refusal of somebody who asked, `refused` of somebody who did not:
 * a later grant lets the first write at once and welcomes the second.
 */
export const CONSENT_STANDINGS = ['none', 'requested', 'welcome', 'granted', 'refused', 'declined'] as const;
export type ConsentStanding = (typeof CONSENT_STANDINGS)[number];

/** One person's record about another, in one network scope. */
export interface Consent {
  readonly standing: ConsentStanding;
  /** Nothing is delivered to this person any more. A grant that was given stays as it was, so that nobody can tell. */
  readonly isStopped: boolean;
}

/** Before either said anything. */
export const NO_CONSENT: Consent = { standing: 'none', isStopped: false };

/** Every standing and what each operation makes of it: a grant is never taken back, only what is delivered under it. */
export const CONSENT_TRANSITIONS: Readonly<
  Record<ConsentStanding, Readonly<Record<ConsentOperation, ConsentStanding>>>
> = {
  none: { request: 'requested', cancel: 'none', grant: 'welcome', revoke: 'refused' },
  requested: { request: 'requested', cancel: 'none', grant: 'granted', revoke: 'declined' },
  welcome: { request: 'granted', cancel: 'welcome', grant: 'welcome', revoke: 'refused' },
  granted: { request: 'granted', cancel: 'granted', grant: 'granted', revoke: 'granted' },
  refused: { request: 'declined', cancel: 'refused', grant: 'welcome', revoke: 'refused' },
  declined: { request: 'declined', cancel: 'refused', grant: 'granted', revoke: 'declined' },
};

const STOPPING: Readonly<Partial<Record<ConsentOperation, boolean>>> = { grant: false, revoke: true };

/** The record after one operation. Pure and total. */
export const reduceConsent = (consent: Consent, operation: ConsentOperation): Consent => ({
  standing: CONSENT_TRANSITIONS[consent.standing][operation],
  isStopped: STOPPING[operation] ?? consent.isStopped,
});

/** Who may write first without being asked about: nobody, people whose number one has, or everybody; of each, who was not refused. */
export const CONSENT_POLICIES = ['ask', 'contacts', 'anyone'] as const;
export type ConsentPolicy = (typeof CONSENT_POLICIES)[number];

/** What a person granted in advance, and whether the one who asks is among their contacts. */
export interface Welcome {
  readonly policy: ConsentPolicy;
  readonly isContact: boolean;
}

const NO_WELCOME: Welcome = { policy: 'ask', isContact: false };
const isWelcome = ({ policy, isContact }: Welcome): boolean =>
  policy === 'anyone' || (policy === 'contacts' && isContact);

/** Both directions of a pair. */
export interface ConsentPair {
  /** The record of the one who acts, about the other. */
  readonly own: Consent;
  /** The record of the other, about the one who acts. */
  readonly other: Consent;
}

/**
 * A pair after one of the two acted. Native conversations have two ends, so a grant is of both directions: whoever asks wants an answer, and
 * asking takes back one's own block. Two requests that cross are a grant; so is one to a person who welcomes whoever asks (`others`).
 */
export function reducePair(pair: ConsentPair, operation: ConsentOperation, others: Welcome = NO_WELCOME): ConsentPair {
  switch (operation) {
    case 'grant':
    case 'revoke': {
      const own = reduceConsent(pair.own, operation);
      return own.standing === 'granted' ? { own, other: granted(pair.other) } : { ...pair, own };
    }
    case 'cancel':
      return { ...pair, other: reduceConsent(pair.other, operation) };
    case 'request':
      return request(pair, others);
  }
}

function request({ own, other }: ConsentPair, others: Welcome): ConsentPair {
  if (other.standing === 'granted') return { own, other };
  const asking = { ...own, isStopped: false };
  const isWanted = own.standing === 'requested' || (other.standing === 'none' && isWelcome(others));
  const asked = reduceConsent(other, 'request');
  return asked.standing === 'granted' || (asked.standing === 'requested' && isWanted)
    ? { own: granted(asking), other: granted(asked) }
    : { own: asking, other: asked };
}

const granted = (consent: Consent): Consent => ({ ...consent, standing: 'granted' });

/** All that a requester can ever see of the other's record: refused, blocked, silent and absent are one. */
export const seenByRequester = ({ standing }: Consent): 'granted' | 'waiting' =>
  standing === 'granted' ? 'granted' : 'waiting';

/**
 * Whether something may be delivered under a record. On a native network after a grant; on a clear one a number may be written to until it
 * says STOP, as carriers have it.
 */
export const permitsDelivery = ({ standing, isStopped }: Consent, scope: 'native' | 'clear'): boolean =>
  !isStopped && (scope === 'clear' || standing === 'granted');
