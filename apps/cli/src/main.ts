import { StartupProblem } from '@causeway/platform';
import { runProcess } from '@causeway/process-context';
import { readInvocation } from './command.js';
import { COMMANDS } from './commands.js';
import { help } from './help.js';

const words = process.argv.slice(2);
// of `contact` and `contact find` the one that says more
const [command] = COMMANDS.filter((one) => `${words.join(' ')} `.startsWith(`${one.name} `)).toSorted(
  (a, b) => b.name.length - a.name.length,
);
const name = command?.name ?? words[0] ?? 'help';
const typed = words.slice(name.split(' ').length);

if (name === 'help' || name === '--help' || typed.includes('--help')) {
  process.stdout.write(help(command ? [command] : COMMANDS));
} else {
  await runProcess(name, async (env) => {
    if (!command) throw new StartupProblem('There is no such command.', 'See causeway help.');
    await command.run(readInvocation(command, typed, env));
  });
}
