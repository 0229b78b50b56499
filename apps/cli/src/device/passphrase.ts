import { StartupProblem } from '@causeway/platform';
import type { Env } from '../command.js';

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\u007f', '\b']);
const CTRL_C = '\u0003';

/** The words that open a device folder: from the environment, or typed without being shown. */
export function readPassphrase(env: Env): Promise<string> {
  const given = env['CAUSEWAY_CLI_PASSPHRASE'];
  if (given) return Promise.resolve(given);
  if (process.stdin.isTTY) return typed(process.stdin);
  throw new StartupProblem(
    'The device folder needs its passphrase.',
    'Set CAUSEWAY_CLI_PASSPHRASE, or type it at a terminal.',
  );
}

/** Typed without being shown, or all of standard input when that is no terminal. */
export async function readHidden(what: string): Promise<string> {
  if (process.stdin.isTTY) return typed(process.stdin, what);
  let given = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) given += String(chunk);
  return given.replace(/\r?\n$/, '');
}

function typed(input: NodeJS.ReadStream, what = 'Passphrase'): Promise<string> {
  process.stderr.write(`${what}: `);
  return new Promise((resolve, reject) => {
    const characters: string[] = [];
    const end = (): void => {
      input.off('data', take).setRawMode(false).pause();
      process.stderr.write('\n');
    };
    const take = (chunk: string): void => {
      for (const character of chunk) {
        if (character === CTRL_C) {
          end();
          return reject(new StartupProblem('Nothing was done.', 'It was interrupted.'));
        }
        if (ENTER.has(character)) {
          end();
          return resolve(characters.join(''));
        }
        if (ERASE.has(character)) characters.pop();
        else characters.push(character);
      }
    };
    input.setRawMode(true).setEncoding('utf8').on('data', take).resume();
  });
}
