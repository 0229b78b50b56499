import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of the caller's own that another user may pass through, which `mkdtemp` forbids. As root the embedded database runs as such a
 * user; in a folder it cannot reach, it would live elsewhere, where a test neither sees its process nor removes its files.
 */
export async function reachableFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await chmod(folder, 0o711);
  return folder;
}
