import { randomBytes, randomInt } from 'node:crypto';
import {
  lifetimeOf,
  mintChallengeId,
  mintLinkId,
  permitsDelivery,
  toBase64Url,
  utf8,
  type AccountId,
  type ChallengeId,
  type TenantId,
} from '@causeway/message-model';
import type { BeginLinkAnswer, ProveLinkAnswer } from '@causeway/people';
import { Plaintext } from '@causeway/platform';
import { consentingPerson } from './consenting-person.js';
import type { EdgeContext } from './edge-context.js';
import { linkedNumberAad } from './number-at-rest.js';
import { describeNumber, openNumber, type SealedNumberQuestion } from './open-number.js';

const DAY_MS = 86_400_000;
/** A code is good for so long, milliseconds, and for so many tries: 5 in 1,000,000 at most. */
const CODE_MS = 10 * 60_000;
const MOST_TRIES = 5;
/** Codes in a day: for one account, and to one telephone whoever asks. */
const CODES_OF_ACCOUNT = 10;
const CODES_OF_NUMBER = 4;
/** A year, after which a number is proved again: it may have been given to somebody else (PROTOCOL 3). */
export const LINK_DAYS = lifetimeOf('links').days;
/** A code whose call has not begun by then is not sent: the person asks for another. */
const CALL_WITHIN_MS = 10_000;

/**
 * Shows that a telephone is a person's: a code goes there by SMS and comes back through their device. The edge alone reads the number; the
 * code rests as a digest under a key of the edge. Whether anybody linked the number before changes nothing in what is answered.
 */
export class ProveNumber {
  constructor(private readonly edge: EdgeContext) {}

  async begin(question: SealedNumberQuestion): Promise<BeginLinkAnswer> {
    const opened = await openNumber(this.edge, question);
    if (opened.kind === 'refused') return opened;
    const { keys, challenges, clock } = this.edge;
    const { tenant, account } = question;
    const { e164 } = opened;
    const sender = this.sender();
    if (!sender) return { kind: 'refused', code: 'unavailable' };
    const challenge = mintChallengeId();
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const { digest, version } = keys.numberDigest('link', tenant, e164);
    const expiresAt = new Date(clock.nowMs() + CODE_MS);
    const isBegun = await challenges.begin(
      { tenant, account },
      {
        challenge,
        numberDigest: digest,
        numberDigests: keys.numberDigests('link', tenant, e164).map((one) => one.digest),
        digestVersion: version,
        sealedNumber: keys.sealAtRest(utf8(e164), challengeAad(tenant, challenge)),
        country: describeNumber(e164).country,
        codeDigest: keys.numberDigest('link', tenant, codeName(challenge, code)).digest,
        createdAt: clock.now(),
        expiresAt,
      },
      { since: new Date(clock.nowMs() - DAY_MS), ofAccount: CODES_OF_ACCOUNT, ofNumber: CODES_OF_NUMBER },
    );
    if (!isBegun) return { kind: 'refused', code: 'rate-limited' };
    // who said STOP gets no code either, and nobody is told so
    const person = consentingPerson(this.edge, tenant, { e164, bridgeNumber: sender.bridgeNumber });
    const isStopped = await this.edge.contacts.isOptedOut(person);
    if (permitsDelivery({ standing: 'none', isStopped }, 'clear')) this.send(sender, e164, code);
    return { kind: 'begun', challenge, expiresAt: expiresAt.toISOString() };
  }

  async prove(question: {
    readonly tenant: TenantId;
    readonly account: AccountId;
    readonly challenge: ChallengeId;
    readonly code: string;
  }): Promise<ProveLinkAnswer> {
    const { keys, challenges, links, clock } = this.edge;
    const { tenant, account, challenge, code } = question;
    const now = clock.now();
    const tried = await challenges.take({ tenant, account }, challenge, {
      now,
      mostTries: MOST_TRIES,
      codeDigests: keys.numberDigests('link', tenant, codeName(challenge, code)).map(({ digest }) => digest),
    });
    const number = tried?.isRight ? keys.openAtRest(tried.sealedNumber, challengeAad(tenant, challenge)) : undefined;
    if (!tried || !number) return { kind: 'refused', code: 'code-wrong' };
    const link = mintLinkId();
    const e164 = Buffer.from(number).toString('utf8');
    const { digest, version } = keys.numberDigest('link', tenant, e164);
    const isLinked = await links.linkNumber(
      { tenant, account },
      {
        link,
        numberDigest: digest,
        numberDigests: keys.numberDigests('link', tenant, e164).map((one) => one.digest),
        digestVersion: version,
        sealedNumber: keys.sealAtRest(number, linkedNumberAad(tenant, link)),
        country: tried.country,
      },
      { now, expiresAt: new Date(clock.nowMs() + LINK_DAYS * DAY_MS) },
    );
    return isLinked ? { kind: 'linked' } : { kind: 'refused', code: 'too-many-links' };
  }

  private sender() {
    const adapter = this.edge.adapters.get('sms');
    const bridgeNumber = [...this.edge.bridgeNumbers.values()][0];
    return adapter && bridgeNumber !== undefined ? { adapter, bridgeNumber } : undefined;
  }

  /** Beside the answer, which would tell by its time who said STOP and what the carrier makes of a number. */
  private send(sender: NonNullable<ReturnType<ProveNumber['sender']>>, e164: string, code: string): void {
    this.text(sender, e164, code).catch((thrown: unknown) =>
      this.edge.events.bugCaught({ component: 'prove-number', thrown }),
    );
  }

  /** Once: a code that did not arrive is asked for again by the person, within the limits. */
  private async text(
    sender: NonNullable<ReturnType<ProveNumber['sender']>>,
    e164: string,
    code: string,
  ): Promise<void> {
    const { clock, events } = this.edge;
    const nowMs = clock.nowMs();
    const outcome = await sender.adapter.deliver(
      {
        ref: toBase64Url(randomBytes(16)),
        to: new Plaintext(e164),
        from: sender.bridgeNumber,
        body: {
          kind: 'text',
          text: new Plaintext(
            `${code} is your Causeway code. It links this number to your account; tell it to nobody.`,
          ),
        },
        expiresAtMs: nowMs + CODE_MS,
      },
      { callBeforeMs: nowMs + CALL_WITHIN_MS, signal: new AbortController().signal },
    );
    events.linkCodeSent({ outcome: outcome.kind });
  }
}

/** A code counts for its challenge only. It goes through the digest of numbers, which is keyed and of this purpose. */
const codeName = (challenge: ChallengeId, code: string): string => `code ${challenge} ${code}`;

const challengeAad = (tenant: TenantId, challenge: ChallengeId): Uint8Array =>
  utf8(JSON.stringify(['causeway-link-challenge-v1', tenant, challenge]));
