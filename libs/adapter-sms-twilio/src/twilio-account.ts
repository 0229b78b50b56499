import twilio from 'twilio';
import { CarrierRequest } from './carrier-request.js';
import { refusalOf } from './explain-failure.js';
import { SYSTEM_CLOCK, type Secret } from '@causeway/platform';

/** A number of the account, as Twilio has it. */
export interface TwilioNumber {
  readonly sid: string;
  readonly canSms: boolean;
  readonly canMms: boolean;
  readonly inboundUrl: string;
  readonly inboundMethod: string;
  /** A TwiML application would take inbound messages instead of the address. */
  readonly hasApplication: boolean;
}

/** A messaging service of the account, and whether it would take the inbound messages of its numbers for itself. */
export interface TwilioService {
  readonly name: string;
  readonly takesInbound: boolean;
  readonly numbers: readonly string[];
}

/** Why a question was not answered; `status` is absent when nobody answered. */
export class AccountProblem extends Error {
  override readonly name = 'AccountProblem';
  constructor(
    readonly status: number | undefined,
    readonly code: number | undefined,
  ) {
    super(status === undefined ? 'no answer' : `HTTP ${status}`);
  }
}

export interface AccountOptions {
  readonly accountSid: string;
  readonly authToken: Secret;
  /** Another server that speaks Twilio's API; Twilio itself when absent. */
  readonly apiUrl?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/** What an operator sets up at Twilio, for those who check it. Every call throws `AccountProblem` when it is not answered. */
export function openTwilioAccount({ accountSid, authToken, apiUrl }: AccountOptions) {
  async function ask<Answer>(
    question: (client: ReturnType<typeof twilio>, request: CarrierRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const rules = { apiUrl, clock: SYSTEM_CLOCK, timeoutMs: TIMEOUT_MS, callBeforeMs: Number.POSITIVE_INFINITY };
    const request = new CarrierRequest(rules);
    const client = twilio(accountSid, authToken.reveal(), { httpClient: request, autoRetry: false });
    try {
      return await question(client, request);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      throw new AccountProblem(refusal?.status, refusal?.code);
    }
  }
  return {
    fetch: () =>
      ask(async (client, request) => {
        const { status, type } = await client.api.v2010.accounts(accountSid).fetch();
        return { status, type, answeredAtMs: request.answeredAtMs };
      }),
    findNumber: (e164: string): Promise<TwilioNumber | undefined> =>
      ask(async (client) => {
        const [found] = await client.incomingPhoneNumbers.list({ phoneNumber: e164, limit: 1 });
        if (found?.phoneNumber !== e164) return undefined;
        return {
          sid: found.sid,
          canSms: found.capabilities.sms,
          canMms: found.capabilities.mms,
          inboundUrl: found.smsUrl ?? '',
          inboundMethod: found.smsMethod ?? '',
          hasApplication: (found.smsApplicationSid ?? '') !== '',
        };
      }),
    /** Where Twilio posts what the number receives; a TwiML application in its way is taken off. */
    setInboundUrl: (number: TwilioNumber, url: string): Promise<void> =>
      ask(async (client) => {
        await client.incomingPhoneNumbers(number.sid).update({
          smsUrl: url,
          smsMethod: 'POST',
          ...(number.hasApplication ? { smsApplicationSid: '' } : {}),
        });
      }),
    services: (): Promise<readonly TwilioService[]> =>
      ask(async (client) => {
        const found: TwilioService[] = [];
        for (const service of await client.messaging.v1.services.list({ limit: 100 })) {
          const numbers = await client.messaging.v1.services(service.sid).phoneNumbers.list({ limit: 1_000 });
          found.push({
            name: service.friendlyName,
            takesInbound: !service.useInboundWebhookOnNumber,
            numbers: numbers.map(({ phoneNumber }) => phoneNumber),
          });
        }
        return found;
      }),
  };
}

export type TwilioAccount = ReturnType<typeof openTwilioAccount>;
