import { mintAliasCode, mintAliasId, type AliasId } from '@causeway/message-model';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { SEEDED } from '../bench/site/seed-accounts.js';
import { present } from './people-asked-about.js';
import type { Kind, Question } from './question.js';
import type { TimingField } from './timing-field.js';

/**
 * Somebody else's alias, by its id: one that is open, one that is past its time, one that was revoked, and none. Whoever is not its owner is
 * to learn nothing of it.
 */
export const questionAboutAliases = (field: TimingField): Question => ({
  name: 'alias',
  prepare: async () => {
    const [asker, owner] = await field.people(2);
    const { account } = present(owner);
    const make = async (expiresAt: Date | null): Promise<AliasId> => {
      const alias = mintAliasId();
      const made = { alias, code: mintAliasCode(), kind: 'public', createdAt: SYSTEM_CLOCK.now(), expiresAt } as const;
      await field.stores.aliases.create({ tenant: SEEDED.tenant, account }, made);
      return alias;
    };
    const revoked = await make(null);
    await field.stores.aliases.revoke({ tenant: SEEDED.tenant, account }, revoked);
    const asked: Readonly<Record<Kind, AliasId>> = {
      existing: await make(null),
      refusing: await make(new Date(SYSTEM_CLOCK.nowMs() - 1_000)),
      blocking: revoked,
      unknown: mintAliasId(),
    };
    const { token } = present(asker);
    return { ask: async (kind) => ({ method: 'DELETE', path: `/v1/aliases/${asked[kind]}`, token }) };
  },
});
