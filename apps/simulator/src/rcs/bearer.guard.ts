import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RcsError } from './rcs-error.js';
import { RcsLog } from './rcs-log.js';
import { RCS_OPTIONS, type RcsOptions } from './rcs-options.js';

interface Authorized {
  readonly headers: { readonly authorization?: string };
}

/** `Authorization: Bearer`, as with Google's OAuth but with one token that does not end. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly log: RcsLog,
    @Inject(RCS_OPTIONS) private readonly options: RcsOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<Authorized>();
    const { accessToken } = this.options;
    if (accessToken !== '' && equal(headers.authorization ?? '', `Bearer ${accessToken}`)) return true;
    this.log.append({ event: 'refused-auth', status: 401 });
    throw RcsError.of('UNAUTHENTICATED', 'The bearer token is not valid.');
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
