import { createDecipheriv } from 'node:crypto';
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// by the file rather than the door: the door gives out the keys of now, and here every key that is left is tried
import { decodeKeyState, type KeyState } from '../../libs/edge-keys/src/key-state.js';
import { FileKeyProvider } from '../../libs/edge-keys/src/provider/file-key-provider.js';
import { SealedFile } from '../../libs/edge-keys/src/sealed-file.js';
import { openWithoutAad, trialKey } from './hpke-without-aad.js';
import type { Resting } from './plaintext-scan.js';
import { tableCells } from './resting-places.js';

const INFOS = ['causeway-edge-leg-v1', 'causeway-edge-address-v1', 'causeway-device-box-v1'];
const GCM_NONCE_BYTES = 12;
const GCM_TAG_BYTES = 16;
const CBOR_BYTES_1 = 0x58;
const SMALLEST_BOX_BYTES = 50;

type Owner = { readonly tenant: string; readonly region: string };

/** A living edge may replace a file while its folder is copied: that copy has lost a file or two that belong together. */
const COPIES = 5;

/** Every key of an edge, read from a copy of its folder. */
export async function allEdgeKeys(
  folder: string,
  owner: Owner = { tenant: 'default', region: 'local' },
): Promise<KeyState> {
  for (let copy = 1; ; copy += 1) {
    try {
      return await keysOfCopy(folder, owner);
    } catch (error) {
      if (copy === COPIES) throw error;
    }
  }
}

async function keysOfCopy(folder: string, owner: Owner): Promise<KeyState> {
  const scratch = await mkdtemp(join(tmpdir(), 'cw-keys-'));
  try {
    // the door of the keeper is a socket, and no store
    await cp(folder, scratch, { recursive: true, filter: async (path) => !(await lstat(path)).isSocket() });
    const provider = new FileKeyProvider(scratch);
    const opened = await new SealedFile({ folder: scratch, name: 'keys', provider, owner }).open();
    const state = opened && decodeKeyState(opened);
    if (!state) throw new Error('the keys of the edge did not open');
    return state;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/**
 * What all keys of an edge make of everything that is stored: each value of each column, and each box written inside one as base64, under
 * each leg key and each address key. Nearly all of it is noise; what is not can be searched for.
 */
export async function* openedWithEdgeKeys(url: string, keys: KeyState): AsyncGenerator<Resting> {
  yield* openedCells(await tableCells(url, { isWhole: false }), keys);
}

/** The same of columns that were read before, such as those of a backup. */
export function* openedCells(
  columns: readonly { readonly place: string; readonly cells: readonly Buffer[] }[],
  keys: KeyState,
): Generator<Resting> {
  const legKeys = keys.legKeys.map(({ privateKey }) => trialKey(privateKey));
  for (const { place, cells } of columns) {
    const boxes = cells.flatMap((cell) => [cell, ...base64Within(cell)]);
    const opened = boxes.flatMap((box) => [
      ...(box.length < SMALLEST_BOX_BYTES ? [] : legKeys.flatMap((key) => openWithoutAad(key, INFOS, box))),
      ...keys.addressKeys.flatMap(({ secret }) => openAtRest(secret, box)),
    ]);
    if (opened.length > 0) yield { store: 'opened', place, bytes: Buffer.concat(opened) };
  }
}

/** The database keeps the boxes of a message that waits as JSON, each as base64. */
function base64Within(cell: Buffer): Buffer[] {
  return [...cell.toString('latin1').matchAll(/[A-Za-z0-9+/_-]{60,}={0,2}/g)].map(([text]) =>
    Buffer.from(text, 'base64'),
  );
}

/** What rests under an address key: CBOR with the key's name, then nonce, words and tag. The tag stays unchecked, as above. */
function openAtRest(secret: Uint8Array, cell: Buffer): Buffer[] {
  const starts = [...cell.subarray(0, 64).keys()].filter(
    (at) => cell[at] === CBOR_BYTES_1 && cell[at + 1] === cell.length - at - 2,
  );
  const boxes = starts.map((at) => cell.subarray(at + 2)).filter((box) => box.length > GCM_NONCE_BYTES + GCM_TAG_BYTES);
  return boxes.map((box) => {
    const counter = Buffer.concat([box.subarray(0, GCM_NONCE_BYTES), Buffer.from([0, 0, 0, 2])]);
    const words = box.subarray(GCM_NONCE_BYTES, -GCM_TAG_BYTES);
    return createDecipheriv('aes-256-ctr', secret, counter).update(words);
  });
}
