import type { AbuseDecisionJson, AppealGrounds, ChallengeOffer } from '@causeway/api-contract';
import { toBytes, type Bytes } from '@causeway/message-model';
import { readIssuerDirectory, readTokenKey, readWwwAuthenticate, requestToken } from '@causeway/privacy-pass';
import { z } from 'zod';
import type { DeviceContext } from './device-context.js';
import type { Limited } from './device-events.js';
import type { ProblemError } from './problem-error.js';

/** A token that is being asked for, for whoever reaches an issuer by themselves (RFC 9578). */
export interface PendingPass {
  /** Host of the issuer. */
  readonly issuer: string;
  /** To be posted to the issuer as `application/private-token-request`. It says nothing of this account. */
  readonly request: Uint8Array;
  /** Takes the issuer's answer and lets go what is held. Throws `ProblemError`, and a `RangeError` for what is no signature over it. */
  finish(response: Uint8Array): Promise<AbuseDecisionJson>;
}

/** What a gateway decided about this account's conduct, and what can be said against it. */
export class Limits {
  constructor(
    private readonly context: DeviceContext,
    /** What was held goes. */
    private readonly goOn: () => Promise<void>,
  ) {}

  /** Decisions of the last 30 days, the latest first. */
  async list(): Promise<readonly AbuseDecisionJson[]> {
    return (await this.context.api.abuseDecisions()).decisions;
  }

  /** Asks for a person to look at it. Throws `ProblemError` (`not-found`) for what no longer stands. */
  appeal(decision: string, grounds: AppealGrounds = 'mistake'): Promise<AbuseDecisionJson> {
    return this.context.api.appeal(decision, grounds);
  }

  /** Ways in which a decision lets go what it holds; none for one that holds nothing. */
  async challenges(decision: string): Promise<readonly ChallengeOffer[]> {
    return (await this.context.api.challenges(decision)).challenges;
  }

  /** Asks an operator to let it go; what is held goes when they approve. */
  askOperator(decision: string): Promise<AbuseDecisionJson> {
    return this.context.api.answerChallenge(decision, { kind: 'operator-approval' });
  }

  /**
   * Exchanges a voucher of the gateway's operator for a token and spends it at once: what is held goes. The gateway cannot tell by the token
   * for which voucher it signed. Throws `ProblemError`: `unauthorized` for a voucher that is none or was used.
   */
  async passWithVoucher(decision: string, voucher: string): Promise<AbuseDecisionJson> {
    const pending = await this.beginToken(decision);
    const directory = readIssuerDirectory(await this.context.api.tokenIssuer());
    if (!directory) throw new RangeError('this gateway issues no tokens');
    return pending.finish(await this.context.api.signBlindly(directory.requestUri, voucher, pending.request));
  }

  /** Asks for a token of whatever issuer the gateway takes. Throws a `RangeError` when it offers none for this decision. */
  async beginToken(decision: string): Promise<PendingPass> {
    const offers = await this.challenges(decision);
    const offer = offers.find((each) => each.kind === 'private-token');
    const asked = offer && readWwwAuthenticate(offer.authenticate);
    const key = asked && readTokenKey(asked.tokenKey);
    if (!offer || !asked || !key) throw new RangeError('no token is asked for: the decision holds nothing');
    const pending = requestToken(asked.challenge, key);
    return {
      issuer: offer.issuer,
      request: pending.request,
      finish: async (response) => {
        const token = pending.finish(toBytes(response));
        if (!token) throw new RangeError('the issuer signed something else');
        return this.spend(decision, token);
      },
    };
  }

  private async spend(decision: string, token: Bytes): Promise<AbuseDecisionJson> {
    const passed = await this.context.api.answerChallenge(decision, { kind: 'private-token', token });
    await this.goOn();
    return passed;
  }
}

const members = z.object({ decision: z.string().optional(), retryAfterSeconds: z.number().nonnegative() });

/** Says itself when it is over; asking sooner does not help. */
export const isLimit = ({ code }: ProblemError): boolean =>
  code === 'abnormal-usage-detected' || code === 'spending-limit-reached';

/** Of a problem that is a limit. */
export function limitOf(problem: ProblemError, address: string): Limited {
  const { decision, retryAfterSeconds } = members.catch({ retryAfterSeconds: 0 }).parse(problem.document);
  return { address, sentence: problem.message, decision, retryAfterSeconds };
}
