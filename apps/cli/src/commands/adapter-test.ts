import { resolve } from 'node:path';
import { judgeAdapter } from '../adapter/judge-adapter.js';
import type { Command } from '../command.js';

/** `causeway adapter test`: the laws of the adapter contract on any adapter; the exit status tells. */
export const adapterTest: Command = {
  name: 'adapter test',
  usage: '<path> [--json <file>] [--law <id>]',
  summary: 'run the laws on an adapter: its folder, or the module of its harness',
  group: 'adapter',
  options: { json: 'text', law: 'text' },
  run: async (invocation) => {
    const given = ['json', 'law'].flatMap((name) => {
      const value = invocation.option(name);
      if (value === undefined) return [];
      return [`--${name}`, name === 'json' ? resolve(value) : value];
    });
    process.exitCode = await judgeAdapter(['--path', resolve(invocation.arguments[0] ?? '.'), ...given]);
  },
};
