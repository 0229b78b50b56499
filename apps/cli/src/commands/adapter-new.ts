import { relative, resolve } from 'node:path';
import { folderOfAdapter, scaffoldAdapter } from '../adapter/scaffold-adapter.js';
import type { Invocation } from '../command.js';
import { Terminal } from '../terminal.js';

/** `causeway adapter new`: a working adapter to begin from. */
export async function adapterNew(invocation: Invocation): Promise<void> {
  const [name = ''] = invocation.arguments;
  const chosen = invocation.option('folder');
  const folder = chosen === undefined ? folderOfAdapter(name) : resolve(chosen);
  const written = await scaffoldAdapter(name, folder);
  const shown = relative(process.cwd(), folder) || '.';
  const terminal = new Terminal();
  terminal.title(`An adapter for ${name}, in ${shown}:`);
  for (const path of written) terminal.line(`   ${relative(folder, path)}`);
  terminal.row('Compile it', `npx tsc --noEmit${chosen === undefined ? '' : ` -p ${shown}`}`);
  terminal.row('Run the laws', `npm run causeway -- adapter test ${shown}`);
  terminal.row('What next', 'docs/adding-a-network.md');
}
