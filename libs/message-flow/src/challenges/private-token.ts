import { createHash, createHmac } from 'node:crypto';
import type { ChallengeAnswer, ChallengeOffer } from '@causeway/api-contract';
import { CausewayError, encodeCbor, toBytes, type Bytes } from '@causeway/message-model';
import { decodeToken, encodeChallenge, flawOf, wwwAuthenticateOf, type TokenKey } from '@causeway/privacy-pass';
import type { Clock } from '@causeway/platform';
import type { ChallengeStore } from '@causeway/storage';
import type { Challenge, ChallengeVerdict, Held } from './challenge.js';

/** A challenge is made for so long, and answered until as long after, milliseconds: a voucher may have to be fetched first. */
export const CHALLENGE_PERIOD_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;
const DIGEST_BYTES = 16;

/** Who issues the tokens that are taken. */
export interface TokenIssuer {
  /** Host. */
  readonly name: string;
  readonly key: TokenKey;
  readonly isOurs: boolean;
}

/**
 * A token that an issuer signed without seeing it (RFC 9577, type 2). Its challenge is bound to one decision about one account and to half
 * an hour, and nothing of it is stored: what was asked is computed anew when the answer comes.
 */
export class PrivateTokenChallenge implements Challenge {
  readonly kind = 'private-token';

  constructor(
    private readonly options: {
      readonly issuer: TokenIssuer;
      /** Makes challenges that nobody can guess for another decision. */
      readonly key: Bytes;
      /** The host that takes the token. */
      readonly origin: string;
      readonly store: ChallengeStore;
      readonly clock: Clock;
    },
  ) {}

  offer(held: Held): ChallengeOffer {
    const { issuer, clock } = this.options;
    const period = Math.floor(clock.nowMs() / CHALLENGE_PERIOD_MS);
    const authenticate = wwwAuthenticateOf({
      challenge: this.challengeOf(held, period),
      tokenKey: issuer.key.spki,
      maxAgeSeconds: Math.floor(((period + 2) * CHALLENGE_PERIOD_MS - clock.nowMs()) / 1000),
    });
    return { kind: this.kind, issuer: issuer.name, isOurs: issuer.isOurs, authenticate };
  }

  async judge(held: Held, answer: ChallengeAnswer): Promise<ChallengeVerdict> {
    const { issuer, store, clock } = this.options;
    const token = answer.kind === 'private-token' ? decodeToken(answer.token) : undefined;
    if (!token) throw refused();
    const period = Math.floor(clock.nowMs() / CHALLENGE_PERIOD_MS);
    const challenges = [period, period - 1].map((each) => this.challengeOf(held, each));
    if (flawOf(token, { key: issuer.key, challenges }) !== undefined) throw refused();
    // over what the issuer signed: a signature that can be written in two ways is one token
    const digest = toBytes(
      createHash('sha256').update(token.nonce).update(token.challengeDigest).digest().subarray(0, DIGEST_BYTES),
    );
    if (await store.isSpent(digest)) throw spent();
    const purgeHour = Math.ceil(((period + 2) * CHALLENGE_PERIOD_MS) / HOUR_MS);
    return {
      outcome: 'passed',
      settle: async () => {
        if (!(await store.spend(digest, purgeHour))) throw spent();
      },
    };
  }

  private challengeOf({ tenant, account, decision }: Held, period: number): Bytes {
    const { issuer, key, origin } = this.options;
    const bound = encodeCbor(['causeway-challenge-v1', tenant, account, decision, period]);
    return encodeChallenge({
      issuerName: issuer.name,
      redemptionContext: toBytes(createHmac('sha256', key).update(bound).digest()),
      originInfo: origin,
    });
  }
}

const refused = () => new CausewayError('token-refused', { pointer: '/token' });
const spent = () => new CausewayError('token-spent', { pointer: '/token' });
