import { readdir, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HarnessFactory } from '../../libs/network-adapter/src/testing/index.js';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Where an adapter's harness is, unless a file is named. */
const HARNESS_FILES = ['src/testing/law-harness.ts', 'src/testing/law-harness.js', 'testing/law-harness.js'];

/** An adapter by the short name of its folder: `sms` for `libs/adapter-sms-twilio`. */
export interface AdapterPlace {
  readonly name: string;
  readonly folder: string;
}

/** A mistake of who asked; its sentence is for them. */
export class WrongPlace extends Error {}

/** Every adapter of this project that has a harness, native first. */
export async function adaptersOfProject(): Promise<readonly AdapterPlace[]> {
  const libs = join(PROJECT, 'libs');
  // the template is judged as what is made of it
  const folders = (await readdir(libs))
    .filter((folder) => folder.startsWith('adapter-') && folder !== 'adapter-template')
    .toSorted(nativeFirst);
  return folders
    .map((folder) => ({ name: folder.split('-')[1] ?? folder, folder: join(libs, folder) }))
    .filter(({ folder }) => harnessFileIn(folder) !== undefined);
}

const nativeFirst = (a: string, b: string): number =>
  Number(b.endsWith('-native')) - Number(a.endsWith('-native')) || a.localeCompare(b);

const harnessFileIn = (folder: string): string | undefined =>
  HARNESS_FILES.map((file) => join(folder, file)).find((file) => existsSync(file));

/** The harness of a folder, or of the module named. Throws `WrongPlace` when there is none. */
export async function loadHarness(path: string): Promise<HarnessFactory> {
  const place = resolve(path);
  const found = await stat(place).catch(() => undefined);
  if (!found) throw new WrongPlace(`There is nothing at ${path}.`);
  const file = found.isDirectory() ? harnessFileIn(place) : place;
  if (file === undefined) throw new WrongPlace(`${path} has no ${HARNESS_FILES[0]}.`);
  const module: unknown = await import(pathToFileURL(file).href);
  const newHarness: unknown = Reflect.get(Object(module), 'newHarness');
  if (!isFactory(newHarness)) throw new WrongPlace(`${basename(file)} does not export the function newHarness.`);
  return newHarness;
}

const isFactory = (value: unknown): value is HarnessFactory => typeof value === 'function';
