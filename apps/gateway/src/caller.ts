import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { CausewayError, fromBase64Url } from '@causeway/message-model';
import type { Secret } from '@causeway/platform';
import { GroupCommit } from '@causeway/message-flow';
import { tokenDigest } from '@causeway/people';
import { AccountStore, type AuthenticatedDevice } from '@causeway/storage';
import type { FastifyRequest } from 'fastify';

/** Under load one look-up is for the tokens that arrive in this time. */
const GATHER_MS = 10;

const TOKEN_BYTES = 32;

const callers = new WeakMap<FastifyRequest, AuthenticatedDevice>();

/** The device whose token the request carries. Only behind `DeviceTokenGuard`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): AuthenticatedDevice => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new CausewayError('unauthorized');
  return caller;
});

/** Knows devices by their bearer token, of which only a digest is stored. */
@Injectable()
export class Authenticator {
  private readonly batches: GroupCommit<Uint8Array, AuthenticatedDevice | null>;

  constructor(accounts: AccountStore) {
    this.batches = new GroupCommit((digests) => accounts.authenticate(digests), {
      maxItems: 500,
      maxUnderWay: 1,
      gatherMs: GATHER_MS,
    });
  }

  async execute(authorization: string | undefined): Promise<AuthenticatedDevice> {
    return this.known(presentedToken(authorization));
  }

  /** By the digest of its token. */
  async known(digest: Uint8Array | undefined): Promise<AuthenticatedDevice> {
    const device = digest ? await this.batches.add(digest) : null;
    if (!device) throw new CausewayError('unauthorized');
    return device;
  }
}

@Injectable()
export class DeviceTokenGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    callers.set(request, await this.authenticator.execute(request.headers.authorization));
    return true;
  }
}

/** Compares in constant time. */
export class OperatorToken {
  constructor(private readonly secret: Secret) {}

  matches(candidate: string | undefined): boolean {
    return candidate !== undefined && this.secret.matches(candidate);
  }
}

@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(private readonly token: OperatorToken) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!this.token.matches(bearerToken(headers.authorization))) throw new CausewayError('unauthorized');
    return true;
  }
}

/** The digest of a header's token; undefined when there is none or it cannot be one. */
export function presentedToken(authorization: string | undefined): Uint8Array | undefined {
  const token = bearerToken(authorization);
  const bytes = token === undefined ? undefined : fromBase64Url(token);
  return bytes?.length === TOKEN_BYTES ? tokenDigest(bytes) : undefined;
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9_.~+/=-]{1,200})$/i.exec(authorization ?? '')?.[1];
}
