import { parseArgs } from 'node:util';
import { StartupProblem } from '@causeway/platform';

export type Env = Readonly<Record<string, string | undefined>>;

/** What a person typed after the name of a command, and where. */
export interface Invocation {
  readonly env: Env;
  readonly arguments: readonly string[];
  /** Text of `--name value`. */
  option(name: string): string | undefined;
  has(flag: string): boolean;
}

/** One row of the table that runs the commands and prints the help. */
export interface Command {
  /** One word or two: `send`, `adapter test`. */
  readonly name: string;
  /** What follows the name: `<address> <text> [--allow-sms]`. */
  readonly usage: string;
  readonly summary: string;
  readonly group: 'gateway' | 'device' | 'adapter';
  /** Options and whether they take a text. */
  readonly options?: Readonly<Record<string, 'text' | 'flag'>>;
  run(invocation: Invocation): Promise<void>;
}

/** Throws `StartupProblem` when what was typed does not fit the usage. */
export function readInvocation(command: Command, typed: readonly string[], env: Env): Invocation {
  const wanted = command.usage.replace(/\[[^\]]*\]/g, '').match(/<[^>]+>/g)?.length ?? 0;
  const usage = `Usage: causeway ${command.name} ${command.usage}`.trimEnd();
  const options = Object.entries(command.options ?? {}).map(
    ([name, kind]) => [name, { type: kind === 'text' ? 'string' : 'boolean' }] as const,
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...typed], options: Object.fromEntries(options), allowPositionals: true });
  } catch (error) {
    throw new StartupProblem(
      `${error instanceof Error ? error.message.split('. ')[0] : 'That is not understood'}.`,
      usage,
    );
  }
  const { values, positionals } = parsed;
  if (positionals.length !== wanted)
    throw new StartupProblem(`This takes ${count(wanted)}, not ${positionals.length}.`, usage);
  return {
    env,
    arguments: positionals,
    option: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    has: (flag) => values[flag] === true,
  };
}

const count = (wanted: number): string => (wanted === 1 ? 'one argument' : `${wanted === 0 ? 'no' : wanted} arguments`);
