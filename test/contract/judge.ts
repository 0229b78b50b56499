import { writeFile } from 'node:fs/promises';
import { ADAPTER_CONTRACT_VERSION } from '@causeway/network-adapter';
import { LAWS, runLaws, type AdapterReport, type Law } from '../../libs/network-adapter/src/testing/index.js';
import { loadHarness, WrongPlace, type AdapterPlace } from './adapters.js';
import { details, isGreen, table } from './print-report.js';

/** The laws of an adapter, or one of them. Throws `WrongPlace` for one that is not there. */
export function lawsNamed(id: string | undefined): readonly Law[] {
  if (id === undefined) return LAWS;
  const found = LAWS.filter((law) => law.id === id);
  if (found.length === 0)
    throw new WrongPlace(`There is no law ${id}. The laws: ${LAWS.map((law) => law.id).join(', ')}`);
  return found;
}

/** Judges adapters one after the other, prints the table and what is behind it, writes the JSON report. True when nothing is broken. */
export async function judge(
  places: readonly AdapterPlace[],
  { laws, jsonFile }: { readonly laws: readonly Law[]; readonly jsonFile: string | undefined },
): Promise<boolean> {
  const reports = new Map<string, AdapterReport>();
  for (const { name, folder } of places) reports.set(name, await runLaws(await loadHarness(folder), laws));
  process.stdout.write(`${table(reports)}\n${details(reports)}`);
  if (jsonFile !== undefined) {
    const report = { contractVersion: ADAPTER_CONTRACT_VERSION, adapters: Object.fromEntries(reports) };
    await writeFile(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(`The report as JSON: ${jsonFile}\n`);
  }
  return isGreen(reports);
}
