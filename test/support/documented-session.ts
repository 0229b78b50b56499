import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import type { World } from './world.js';
import { PASSPHRASE } from './world.js';

/** What a document writes for what came out above, and how that looks. */
const PLACEHOLDERS: readonly (readonly [string, RegExp])[] = [
  ...'hkwqc'.split('').map((kind) => [`${kind}_...`, new RegExp(`\\b${kind}_[\\w-]{22}(?![\\w-])`, 'g')] as const),
  ['AX...', /(?<![\w-])A[\w-]{42}(?![\w-])/g],
  ['123456', /\b\d{6}(?= is your)/g],
  ['k7pqm-2mxd4', /\b[a-z0-9]{5}-[a-z0-9]{5}(?= to \+)/g],
  ['<offer>', /(?<=link accept )[\w-]{40,}/g],
];
/** Of requests there are several one after the other: the one meant is the one that was just shown. */
const JUST_SHOWN: ReadonlySet<string> = new Set(['q_...']);
const TRIES = 60;
const BETWEEN_MS = 250;

/** The lines of all blocks of a language, as a person would type them. */
export async function blocksOf(document: string, language: string): Promise<readonly string[]> {
  const text = await readFile(document, 'utf8');
  return [...text.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))].map(([, block = '']) => block);
}

/** Commands of a document, with lines that go on joined, without remarks, and nothing of what starts the gateway, which a test has already. */
export const commandsOf = (block: string): readonly string[] =>
  block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s+# .*$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('causeway up'));

/** Runs what a document shows, one command after the other, in the world's folder; what came out above fills in what it leaves out. */
export class DocumentedSession {
  private said = '';
  private latest = '';

  constructor(
    private readonly world: World,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** What the last command said. Throws with everything it said when one of them fails. */
  async run(commands: readonly string[]): Promise<string> {
    let before: string | undefined;
    let last = '';
    for (const command of commands) {
      const filled = await this.filled(command, before);
      last = await this.shell(filled);
      before = filled;
    }
    return last;
  }

  /** What is not there yet comes with the command before, a look at something, made again. */
  private async filled(command: string, before: string | undefined): Promise<string> {
    for (let tries = 0; ; tries += 1) {
      const missing = PLACEHOLDERS.filter(([name, look]) => command.includes(name) && !this.shownFor(name).match(look));
      if (missing.length === 0) break;
      if (before === undefined || tries === TRIES)
        throw new Error(
          `nothing came out for ${missing.map(([name]) => name).join(', ')} of: ${command}\n${this.said}`,
        );
      await pause(BETWEEN_MS);
      await this.shell(before);
    }
    return PLACEHOLDERS.reduce(
      (text, [name, look]) => text.replaceAll(name, this.shownFor(name).match(look)?.at(-1) ?? name),
      command,
    );
  }

  private shownFor(name: string): string {
    return JUST_SHOWN.has(name) ? this.latest : this.said;
  }

  private async shell(command: string): Promise<string> {
    const { gatewayUrl, carrier, folder } = this.world;
    const own = command
      .replaceAll('http://127.0.0.1:7400', gatewayUrl)
      .replaceAll('http://127.0.0.1:7402', carrier.url);
    const main = join(process.cwd(), 'dist/apps/cli/src/main.js');
    const doors = [
      `causeway() { if [ "$1" = register ]; then set -- "$@" --gateway ${gatewayUrl}; fi; '${process.execPath}' '${main}' "$@"; }`,
      'curl() { command curl -sS --fail-with-body "$@"; }',
    ];
    const { PATH = '', HOME = '' } = process.env;
    try {
      const { stdout } = await promisify(execFile)('bash', ['-c', [...doors, own].join('\n')], {
        cwd: folder,
        env: { PATH, HOME, CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE, ...this.env },
        timeout: 60_000,
      });
      this.said += `${stdout}\n`;
      this.latest = stdout;
      return stdout;
    } catch (error) {
      throw new Error(`${command}\n${this.said}`, { cause: error });
    }
  }
}
