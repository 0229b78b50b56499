import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { readAttacks, type Ground } from './read-attacks.js';
import type { SenderKind } from './sender-kind.js';

/** What a module of attacks exports as `attacks`: `SenderKind` without what the run itself decides. */
const rows = z
  .array(
    z.object({
      name: z.string().min(1),
      what: z.string(),
      count: z.number().int().positive(),
      lastsMs: z.number().positive(),
      wanted: z
        .array(
          z.object({
            level: z.union([z.literal(2), z.literal(3)]),
            withinRecipients: z.number().int().positive(),
            recall: z.number().min(0).max(1),
          }),
        )
        .optional(),
      send: z.custom<SenderKind['send']>((value) => typeof value === 'function', 'send is a generator function'),
    }),
  )
  .min(1);

/**
 * Attacks of others: lines as {@link readAttacks} takes them, or a module (`.ts`, `.js`, `.mjs`) that exports `attacks`, for senders that
 * watch what becomes of each message. Throws when the file is missing or of another form.
 */
export async function bringAttacks(path: string, ground: Ground): Promise<readonly SenderKind[]> {
  if (!existsSync(path)) throw new Error(`--attacks: there is no file ${path}`);
  if (!/\.[mc]?[jt]s$/.test(path)) return readAttacks(await readFile(path, 'utf8'), ground);
  const brought: unknown = await import(pathToFileURL(resolve(path)).href);
  const found = z.object({ attacks: rows }).safeParse(brought);
  if (!found.success) throw new Error(`${path} exports no attacks: ${z.prettifyError(found.error)}`);
  return found.data.attacks.map(({ wanted, ...row }) => ({
    ...row,
    ...(wanted && { wanted }),
    profile: ground.profile,
    isHonest: false,
  }));
}
