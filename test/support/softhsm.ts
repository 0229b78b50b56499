import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];
const PACKAGE = 'pkcs11js@2.1.7';
const INSTALL_WITHIN_MS = 240_000;

/** A token of SoftHSM, which is a hardware module without the hardware, and the package that speaks to it. */
export interface SoftHsm {
  /** Settings by the names of the configuration. */
  readonly settings: {
    readonly pkcs11PackageFolder: string;
    readonly pkcs11Module: string;
    readonly pkcs11Token: string;
    readonly pkcs11PinFile: string;
  };
  /** What processes need in their environment to find the token. */
  readonly env: { readonly SOFTHSM2_CONF: string };
  /** As when a module is pulled out. */
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  remove(): Promise<void>;
}

interface Found {
  readonly module: string;
  readonly packageFolder: string;
}

let found: Found | string | undefined;

/**
 * Whether tests on a hardware module can run here: SoftHSM from the system's packages, installed if we are root on Debian, and `pkcs11js`
 * compiled into a cache outside the clone. Otherwise they are skipped and the reason is printed; `CAUSEWAY_REQUIRE_SOFTHSM=1` turns the
 * skip into a failure.
 */
export function canRunSoftHsm(): boolean {
  found ??= find();
  if (typeof found !== 'string') return true;
  if (process.env['CAUSEWAY_REQUIRE_SOFTHSM'] === '1')
    throw new Error(`${found}, and CAUSEWAY_REQUIRE_SOFTHSM=1 forbids skipping`);
  process.stderr.write(`\n*** SKIPPED: tests on a hardware module, because ${found} ***\n\n`);
  return false;
}

let tokensMade = 0;

/** A new token with a PIN. This process then uses it, and children do with `env`. All tokens of a process are away together. */
export async function startSoftHsm(): Promise<SoftHsm> {
  if (!canRunSoftHsm() || !found || typeof found === 'string') throw new Error('there is no SoftHSM');
  const { module, packageFolder } = found;
  // one place per process: the library reads its environment, which is set once
  const folder = join(tmpdir(), `causeway-softhsm-${process.pid}`);
  const [tokens, away, configuration] = [join(folder, 'tokens'), join(folder, 'away'), join(folder, 'softhsm2.conf')];
  await mkdir(tokens, { recursive: true, mode: 0o700 });
  await writeFile(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const pinFile = join(folder, 'pin');
  await writeFile(pinFile, '5678\n', { mode: 0o600 });
  await writeFile(join(folder, 'env'), `SOFTHSM2_CONF=${configuration}\n`);
  // test runners give their tests a copy of the environment, which libraries in C do not see
  process.loadEnvFile(join(folder, 'env'));
  const token = `causeway-${(tokensMade += 1)}-${randomBytes(4).toString('hex')}`;
  const env = { SOFTHSM2_CONF: configuration };
  const pins = ['--so-pin', '1234', '--pin', '5678'];
  const made = spawnSync('softhsm2-util', ['--init-token', '--free', '--label', token, ...pins], {
    env: { ...process.env, ...env },
  });
  if (made.status !== 0) throw new Error(`softhsm2-util failed: ${made.stderr.toString('utf8')}`);
  return {
    settings: { pkcs11PackageFolder: packageFolder, pkcs11Module: module, pkcs11Token: token, pkcs11PinFile: pinFile },
    env,
    takeAway: () => rename(tokens, away),
    bringBack: () => rename(away, tokens),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function find(): Found | string {
  if (!softHsmModule()) installSoftHsm();
  const module = softHsmModule();
  if (module === undefined) return 'softhsm2 is not installed (Debian: apt-get install softhsm2)';
  const packageFolder = compiledPackage();
  return packageFolder === undefined
    ? `${PACKAGE} could not be compiled (it needs g++, make, python3 and the npm registry)`
    : { module, packageFolder };
}

const softHsmModule = (): string | undefined =>
  spawnSync('softhsm2-util', ['--version']).status === 0 ? MODULES.find((path) => existsSync(path)) : undefined;

function installSoftHsm(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, timeout: INSTALL_WITHIN_MS });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'softhsm2'], {
    env,
    timeout: INSTALL_WITHIN_MS,
  });
}

/** `CAUSEWAY_TEST_PKCS11JS` names a folder that has it already; else a cache of the user's, made whole or not at all. */
function compiledPackage(): string | undefined {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'causeway-tests',
    `pkcs11js-2.1.7-node-${process.versions.modules}`,
  );
  const given = process.env['CAUSEWAY_TEST_PKCS11JS'];
  const ready = [given, cache].find((folder) => folder !== undefined && isCompiled(folder));
  if (ready !== undefined) return ready;
  const draft = mkdtempSync(join(tmpdir(), 'causeway-pkcs11js-'));
  const args = ['install', '--prefix', draft, '--no-audit', '--no-fund', '--ignore-scripts=false', PACKAGE];
  spawnSync('npm', args, { cwd: draft, timeout: INSTALL_WITHIN_MS });
  if (!isCompiled(draft)) return undefined;
  spawnSync('mkdir', ['-p', join(cache, '..')]);
  if (spawnSync('cp', ['-r', draft, cache]).status !== 0) return draft;
  rmSync(draft, { recursive: true, force: true });
  return cache;
}

const isCompiled = (folder: string): boolean =>
  existsSync(join(folder, 'node_modules', 'pkcs11js', 'build', 'Release', 'pkcs11.node'));
