import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import { PROJECT_FOLDER } from '../embedded/project-paths.js';

/** The adapter every new one begins as: compiled, linted and judged by the laws with everything else. */
const TEMPLATE_FOLDER = join(PROJECT_FOLDER, 'libs', 'adapter-template');

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 32;

/** Where an adapter goes unless a folder is named: among the libs, where nothing has to be set up for it. */
export const folderOfAdapter = (name: string): string => join(PROJECT_FOLDER, 'libs', `adapter-${name}`);

/** Writes a working adapter and its tests under another name; resolves with the paths written. Refuses a folder that has something in it. */
export async function scaffoldAdapter(name: string, folder: string): Promise<readonly string[]> {
  if (!NAME.test(name) || name.length > LONGEST_NAME)
    throw new StartupProblem(
      `${name} is no name for a network.`,
      'Take lower case letters, digits and hyphens, beginning with a letter, at most 32: signal, my-network.',
    );
  if (existsSync(folder) && (await readdir(folder)).length > 0)
    throw new StartupProblem(`There is something in ${folder} already.`, 'Choose another with --folder.');
  const written: string[] = [];
  for (const entry of await readdir(TEMPLATE_FOLDER, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const source = join(entry.parentPath, entry.name);
    const path = join(folder, renamed(relative(TEMPLATE_FOLDER, source), name));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, renamed(await readFile(source, 'utf8'), name));
    written.push(path);
  }
  return isAmongLibs(folder) ? written : [...written, ...(await standAlone(name, folder))];
}

const isAmongLibs = (folder: string): boolean => dirname(folder) === join(PROJECT_FOLDER, 'libs');

/** `template`, `Template` and `TEMPLATE` become the name in the same case. */
function renamed(text: string, name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return text
    .replaceAll('template', name)
    .replaceAll('Template', words.join(''))
    .replaceAll('TEMPLATE', name.toUpperCase().replaceAll('-', '_'));
}

/** What a package elsewhere needs to compile against this installation: its packages, and its compiler's settings. */
async function standAlone(name: string, folder: string): Promise<readonly string[]> {
  const packageFile = join(folder, 'package.json');
  await writeFile(
    packageFile,
    json({ name: `causeway-adapter-${name}`, version: '0.0.0', private: true, type: 'module' }),
  );
  const settingsFile = join(folder, 'tsconfig.json');
  await writeFile(
    settingsFile,
    json({
      extends: join(PROJECT_FOLDER, 'tsconfig.json').split(sep).join('/'),
      compilerOptions: { rootDir: '/', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
      include: ['src'],
    }),
  );
  await symlink(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return [packageFile, settingsFile];
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
