import { CausewayError, mintAliasCode, mintAliasId } from '@causeway/message-model';
import type { MakeAliasRequest } from '@causeway/api-contract';
import type { Clock } from '@causeway/platform';
import type { AliasRow, AliasStore, AuthenticatedDevice } from '@causeway/storage';

/** Makes an address to hand out in place of one's own: a grant in advance to whoever holds it. */
export class HandOutAlias {
  constructor(
    private readonly aliases: AliasStore,
    private readonly clock: Clock,
  ) {}

  async execute(owner: AuthenticatedDevice, { kind, expiresInSeconds }: MakeAliasRequest): Promise<AliasRow> {
    const createdAt = this.clock.now();
    const expiresAt = expiresInSeconds === undefined ? null : new Date(createdAt.getTime() + expiresInSeconds * 1000);
    const made = { alias: mintAliasId(), code: mintAliasCode(), kind, createdAt, expiresAt };
    if (!(await this.aliases.create(owner, made)))
      throw new CausewayError('too-many-links', { detail: 'Revoke an alias that is not needed any more first' });
    return { ...made, conversations: [] };
  }
}
