import { resolve } from 'node:path';
import { judgeAdapter } from '../adapter/judge-adapter.js';
import type { Invocation } from '../command.js';

/** `causeway adapter test`: the laws of the adapter contract on any adapter; the exit status tells. */
export async function adapterTest(invocation: Invocation): Promise<void> {
  const given = ['json', 'law'].flatMap((name) => {
    const value = invocation.option(name);
    if (value === undefined) return [];
    return [`--${name}`, name === 'json' ? resolve(value) : value];
  });
  process.exitCode = await judgeAdapter(['--path', resolve(invocation.arguments[0] ?? '.'), ...given]);
}
