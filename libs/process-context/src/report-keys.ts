import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KeyChain,
  newChain,
  PSEUDONYM_WEEKS,
  REPORT_DAYS,
  ReportPseudonyms,
  ReportTokens,
  type ChainRule,
  type ChainState,
} from '@causeway/abuse-control';
import { toBytes, type Bytes } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { sharedFile } from './shared-key.js';

const PERIOD_BYTES = 4;
const KEY_BYTES = 32;

/**
 * The keys of reports, in two small files that all processes of an installation share. Each file holds the oldest key still needed and is
 * replaced when that day or week is over: then what it opened is gone, apart from what the medium keeps of replaced files.
 */
export class ReportKeys {
  readonly tokens: ReportTokens;
  readonly pseudonyms: ReportPseudonyms;

  private constructor(
    private readonly files: readonly ChainFile[],
    days: KeyChain,
    weeks: KeyChain,
    clock: Clock,
  ) {
    this.tokens = new ReportTokens(days, clock);
    this.pseudonyms = new ReportPseudonyms(weeks, clock);
  }

  static async open(folder: string, clock: Clock): Promise<ReportKeys> {
    const days = await ChainFile.open({ folder, name: 'report-day.key', rule: REPORT_DAYS, clock });
    const weeks = await ChainFile.open({ folder, name: 'report-week.key', rule: PSEUDONYM_WEEKS, clock });
    const keys = new ReportKeys([days, weeks], days.chain, weeks.chain, clock);
    await keys.turn();
    return keys;
  }

  /** Destroys on disk what is past its time. Any process may, at any time: all write the same. */
  async turn(): Promise<void> {
    for (const file of this.files) await file.turn();
  }
}

interface ChainFileOptions {
  readonly folder: string;
  readonly name: string;
  readonly rule: ChainRule;
  readonly clock: Clock;
}

class ChainFile {
  readonly chain: KeyChain;

  private constructor(
    private readonly options: ChainFileOptions,
    private written: number,
    state: ChainState,
  ) {
    this.chain = new KeyChain(state, options.rule);
  }

  static async open(options: ChainFileOptions): Promise<ChainFile> {
    const { folder, name, rule, clock } = options;
    const make = () => formOf(newChain(toBytes(randomBytes(KEY_BYTES)), rule, clock.nowMs()));
    const form = await sharedFile({ folder, name, sizeBytes: PERIOD_BYTES + KEY_BYTES, make });
    const period = new DataView(form.buffer, form.byteOffset).getUint32(0);
    return new ChainFile(options, period, { period, key: toBytes(form.slice(PERIOD_BYTES)) });
  }

  async turn(): Promise<void> {
    const state = this.chain.at(this.options.clock.nowMs());
    if (state.period === this.written) return;
    const path = join(this.options.folder, this.options.name);
    const made = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    const file = await open(made, 'wx', 0o600);
    try {
      await file.writeFile(formOf(state));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(made, path);
    this.written = state.period;
  }
}

function formOf({ period, key }: ChainState): Bytes {
  const form = new Uint8Array(PERIOD_BYTES + key.length);
  new DataView(form.buffer).setUint32(0, period);
  form.set(key, PERIOD_BYTES);
  return form;
}
