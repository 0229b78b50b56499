import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';
import { operatorToken } from './operator-token.js';
import { refusePathOpenToOthers } from './only-for-owner.js';
import { readTlsIdentity } from './tls-files.js';

const folder = mkdtempSync(join(tmpdir(), 'causeway-modes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(mode: number, name = `file-${mode.toString(8)}`): string {
  const path = join(folder, name);
  writeFileSync(path, 'secret', { mode: 0o600 });
  chmodSync(path, mode);
  return path;
}

describe('a file of secrets', () => {
  it.each([0o644, 0o640, 0o604, 0o660, 0o610])('of mode %o is refused, with what to type', (mode) => {
    const path = fileOf(mode);
    expect(() => refusePathOpenToOthers(path)).toThrow(`chmod 600 ${path}`);
  });

  it('of its owner alone is fine, and one that is not there yet', () => {
    for (const mode of [0o600, 0o400, 0o700]) expect(() => refusePathOpenToOthers(fileOf(mode))).not.toThrow();
    expect(() => refusePathOpenToOthers(join(folder, 'nothing'))).not.toThrow();
  });

  it('stops a start: a private key of TLS, the operator token, a folder', async () => {
    const [ca, cert, key] = [fileOf(0o644, 'ca'), fileOf(0o644, 'cert'), fileOf(0o644, 'key')];
    const config = loadConfig({ CAUSEWAY_TLS_CA: ca, CAUSEWAY_TLS_CERT: cert, CAUSEWAY_TLS_KEY: key });
    expect(() => readTlsIdentity(config)).toThrow(`chmod 600 ${key}`);
    chmodSync(key, 0o600);
    expect(readTlsIdentity(config)?.key).toBe('secret');
    const token = fileOf(0o644, 'operator-token');
    await expect(operatorToken(loadConfig({ CAUSEWAY_DATA_FOLDER: folder }))).rejects.toThrow(`chmod 600 ${token}`);
    chmodSync(folder, 0o750);
    expect(() => refusePathOpenToOthers(folder)).toThrow(`chmod 700 ${folder}`);
  });
});
