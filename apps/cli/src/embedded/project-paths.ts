import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';

/** The folder of the installation: the nearest one above this file that has the migrations. */
export const PROJECT_FOLDER = findProject(dirname(fileURLToPath(import.meta.url)));
export const MIGRATIONS_FOLDER = join(PROJECT_FOLDER, 'prisma', 'migrations');

/** The compiled main file of another process of ours. */
export const mainOf = (app: 'edge' | 'simulator' | 'gateway' | 'worker'): string =>
  join(PROJECT_FOLDER, 'dist', 'servers', `${app}.js`);

function findProject(folder: string): string {
  if (existsSync(join(folder, 'prisma', 'migrations'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the migrations are not part of this installation');
  return findProject(parent);
}
