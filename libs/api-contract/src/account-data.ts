import { z } from 'zod';
import { signedField } from './fields.js';

const remainsSchema = z.array(z.object({ what: z.string(), until: z.string(), why: z.string() }));

/** Everything a gateway has of one account, store by store; bytes in hex, as they are stored. */
export const accountExportSchema = z.object({
  account: z.string(),
  address: z.string(),
  exportedAt: z.string(),
  stores: z.array(z.object({ store: z.string(), count: z.int(), rows: z.array(z.record(z.string(), z.unknown())) })),
  remains: remainsSchema,
});

/** `erasure` is deterministic CBOR `["causeway-erase-account-v1", tenant, account, signed at]` with the account key's signature. */
export const eraseAccountSchema = z.object({ erasure: signedField });

export const accountErasedSchema = z.object({
  erasedAt: z.string(),
  erased: z.array(z.object({ store: z.string(), rows: z.int() })),
  remains: remainsSchema,
});

export type AccountExport = z.infer<typeof accountExportSchema>;
export type EraseAccountRequest = z.infer<typeof eraseAccountSchema>;
export type AccountErased = z.infer<typeof accountErasedSchema>;
