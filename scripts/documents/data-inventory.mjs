import { existsSync } from 'node:fs';

const SOURCE = new URL('../../libs/retention/src/inventory-document.ts', import.meta.url);

/** Purpose and lifetime of every stored column: `inventoryDocument(): string | Promise<string>` of the retention lib. */
export async function dataInventory() {
  if (!existsSync(SOURCE)) return undefined;
  const { inventoryDocument } = await import(SOURCE.href);
  return inventoryDocument();
}
