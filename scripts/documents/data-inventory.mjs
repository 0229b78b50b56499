import { existsSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const SOURCE = new URL('../../libs/retention/src/inventory-document.ts', import.meta.url);

/** Purpose and lifetime of every stored column: `inventoryDocument(): string | Promise<string>` of the retention lib. */
export async function dataInventory() {
  if (!existsSync(SOURCE)) return undefined;
  const { inventoryDocument } = await import(SOURCE.href);
  const options = await resolveConfig('docs/data-inventory.md');
  return format(await inventoryDocument(), { ...options, parser: 'markdown' });
}
