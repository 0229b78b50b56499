import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { adaptersOfProject, WrongPlace, type AdapterPlace } from './adapters.js';
import { judge, lawsNamed } from './judge.js';
import { withScaffold } from './scaffolded.js';

const OPTIONS = {
  /** One adapter of the project by its short name: `native`, `sms`, `rcs`, `scaffolded`. */
  adapter: { type: 'string' },
  /** One adapter anywhere: its folder, or the module of its harness. */
  path: { type: 'string' },
  law: { type: 'string' },
  json: { type: 'string' },
} as const;

/** Judges the adapters asked for, all of the project and a scaffolded one unless told otherwise. True when no law is broken. */
export async function contract(args: readonly string[]): Promise<boolean> {
  const { adapter, path, law, json } = parseArgs({ args: [...args], options: OPTIONS }).values;
  const laws = lawsNamed(law);
  if (path !== undefined) {
    const place = { name: basename(path).replace(/^adapter-/, ''), folder: path };
    return judge([place], { laws, jsonFile: json });
  }
  const jsonFile = json ?? 'contract-results.json';
  return withScaffold(async (scaffold) =>
    judge(chosen([...(await adaptersOfProject()), scaffold], adapter), { laws, jsonFile }),
  );
}

function chosen(places: readonly AdapterPlace[], name: string | undefined): readonly AdapterPlace[] {
  if (name === undefined) return places;
  const asked = places.filter((place) => place.name === name);
  if (asked.length > 0) return asked;
  throw new WrongPlace(`There is no adapter ${name}, only ${places.map((place) => place.name).join(', ')}.`);
}

/** The same, with one sentence instead of a trace for a mistake of who asked. */
export async function contractOrSentence(args: readonly string[]): Promise<boolean> {
  try {
    return await contract(args);
  } catch (thrown) {
    if (!(thrown instanceof WrongPlace)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    return false;
  }
}
