import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { CallLog } from '../control/call-log.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator-options.js';
import { TwilioError } from './twilio-error.js';

interface AccountRequest {
  readonly headers: { readonly authorization?: string };
  readonly params: { readonly accountSid?: string; readonly accountFile?: string };
}

/** HTTP Basic with the account's SID and token; another account's path is refused as Twilio refuses it, 20003. */
@Injectable()
export class AccountGuard implements CanActivate {
  constructor(
    private readonly log: CallLog,
    @Inject(SIMULATOR_OPTIONS) private readonly options: SimulatorOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AccountRequest>();
    const { accountSid, authToken } = this.options;
    const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    // APIs beside that of 2010 name no account in their path: the credentials do
    const named = request.params.accountSid ?? request.params.accountFile?.replace(/\.json$/, '') ?? accountSid;
    const isOwner = equal(request.headers.authorization ?? '', expected) && named === accountSid;
    if (isOwner) return true;
    this.log.append({ call: 'refused-auth', status: 401 });
    throw TwilioError.of(20003);
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
