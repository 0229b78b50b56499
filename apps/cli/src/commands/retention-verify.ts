import { ledgerPageSchema, type LedgerPage } from '@causeway/api-contract';
import {
  fromBase64Url,
  PurgeLedgerCheck,
  readPurgeLedger,
  toBase64Url,
  type Bytes,
  type LedgerFault,
  type LedgerVerdict,
} from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Command, Invocation } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const PAGE = 500;
const FAULTS: Readonly<Record<LedgerFault['why'], string>> = {
  'not-an-entry': 'is not an entry',
  'out-of-order': 'is missing, or stands in another place',
  'chain-broken': 'does not follow from the one before: one of them was edited',
  'not-signed': 'is not signed by the key',
  'shown-otherwise': 'is signed, and shown in other words than stand in it',
  'cut-short': 'was shown once and is not there: the ledger was cut',
  rewritten: 'is another than the one that was shown: the ledger was written anew',
};

/** `causeway retention verify`: reads the purge ledger from its beginning and holds it against what was seen of it. */
export const retentionVerify: Command = {
  name: 'retention verify',
  usage: '[--head <sequence:hash>] [--key <public key>] [--gateway <url>]',
  summary: 'check the ledger of what was purged; with --key and --gateway without a device',
  group: 'device',
  options: { ...DEVICE_OPTIONS, head: 'text', key: 'text', gateway: 'text' },
  run: async (invocation) => {
    const key = invocation.option('key');
    if (key !== undefined) return tell(await checkAt(invocation, bytesOf(key, 'key')));
    for (const option of ['head', 'gateway'])
      if (invocation.option(option) !== undefined)
        throw new StartupProblem(
          `--${option} is for a check with --key.`,
          'Without a key the heads this device was shown are used.',
        );
    await withDevice(invocation, async (device) => tell(await device.retention.checkLedger()));
  },
};

/** With nothing but the public key, and a head if there is one. */
async function checkAt(invocation: Invocation, publicKey: Bytes): Promise<LedgerVerdict> {
  const gateway = invocation.option('gateway') ?? 'http://127.0.0.1:7400';
  const head = invocation.option('head');
  const check = new PurgeLedgerCheck(publicKey, head === undefined ? [] : [headOf(head)]);
  return readPurgeLedger(check, (after) =>
    pageOf(new URL(`/v1/retention/ledger?after=${after}&limit=${PAGE}`, gateway)),
  );
}

async function pageOf(url: URL): Promise<LedgerPage> {
  const answer = await fetch(url).catch(() => undefined);
  const page = answer?.ok ? ledgerPageSchema.safeParse(await answer.json()) : undefined;
  if (page?.success) return page.data;
  throw new StartupProblem('The gateway does not show its ledger.', 'Is it running, and is the address right?');
}

function headOf(text: string): { readonly sequence: number; readonly hash: Bytes } {
  const [, sequence, hash] = /^(\d{1,15}):(.+)$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new StartupProblem('This is not the head of a ledger.', 'It looks like 42:hash, as this command printed it.');
  return { sequence: Number(sequence), hash: bytesOf(hash, 'head') };
}

function bytesOf(text: string, name: string): Bytes {
  const bytes = fromBase64Url(text);
  if (bytes?.length === 32) return bytes;
  throw new StartupProblem(`This is not a ${name}.`, 'It is what this command printed.');
}

function tell(verdict: LedgerVerdict | undefined): void {
  const terminal = new Terminal();
  if (verdict?.kind === 'faulty') {
    process.exitCode = 1;
    const { sequence, why } = verdict.fault;
    return terminal.row('the ledger', `is NOT sound: entry ${sequence} ${FAULTS[why]}`);
  }
  if (!verdict?.head) return terminal.row('the ledger', 'is empty: nothing was purged yet');
  const { sequence, hash, publicKey } = verdict.head;
  terminal.row('the ledger', `is sound: ${sequence} purges, each signed and chained to the one before`);
  terminal.row('head', `${sequence}:${toBase64Url(hash)}`);
  terminal.row('key', toBase64Url(publicKey));
}
