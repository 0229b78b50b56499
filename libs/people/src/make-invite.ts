import { randomBytes } from 'node:crypto';
import { toBase64Url, type TenantId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { TenantStore } from '@causeway/storage';
import { tokenDigest } from './register-account.js';

/** Makes an invite for one registration. Only its digest is stored. */
export class MakeInvite {
  constructor(
    private readonly tenants: TenantStore,
    private readonly tenant: TenantId,
    private readonly clock: Clock,
  ) {}

  async execute(expiresInSeconds: number): Promise<{ readonly invite: string; readonly expiresAt: Date }> {
    const token = randomBytes(32);
    const expiresAt = new Date(this.clock.nowMs() + expiresInSeconds * 1000);
    await this.tenants.addInvite({ tokenDigest: tokenDigest(token), tenant: this.tenant, expiresAt });
    return { invite: toBase64Url(token), expiresAt };
  }
}
