import type { AliasDescription, AliasKind } from '@causeway/api-contract';
import type { DeviceContext } from './device-context.js';

/** An address handed out in place of one's own. */
export interface Alias extends AliasDescription {
  /** What a telephone texts the code to: any of these. */
  readonly textTo: readonly string[];
}

/** Addresses that a person hands out to telephones and takes back. `device.aliases`. */
export class Aliases {
  constructor(private readonly context: DeviceContext) {}

  /** For one contact, for a listing, or for anybody and for a time: `public` needs `expiresInSeconds`. */
  make(options: { readonly kind: AliasKind; readonly expiresInSeconds?: number }): Promise<Alias> {
    return this.context.api.makeAlias(options);
  }

  async list(): Promise<readonly Alias[]> {
    const { aliases, textTo } = await this.context.api.aliases();
    return aliases.map((alias) => ({ ...alias, textTo }));
  }

  /** Its door shuts at once. Its conversations end, and nothing is kept that joins the two sides. */
  async revoke({ alias }: Pick<Alias, 'alias'>): Promise<void> {
    await this.context.api.revokeAlias(alias);
  }
}
