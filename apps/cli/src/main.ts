import { runProcess, StartupProblem } from '@causeway/platform';
import { readInvocation, type Command } from './command.js';
import { DEVICE_COMMANDS } from './device-commands.js';
import { help } from './help.js';

const words = process.argv.slice(2);

/** Of `contact` and `contact find` the one that says more. */
function named(commands: readonly Command[]): Command | undefined {
  const [longest] = commands
    .filter((one) => `${words.join(' ')} `.startsWith(`${one.name} `))
    .toSorted((a, b) => b.name.length - a.name.length);
  return longest;
}

const onDevice = named(DEVICE_COMMANDS);
const operating = onDevice ? [] : (await import('./operating-commands.js')).OPERATING_COMMANDS;
const command = onDevice ?? named(operating);
const name = command?.name ?? words[0] ?? 'help';
const typed = words.slice(name.split(' ').length);

if (name === 'help' || name === '--help' || typed.includes('--help')) {
  process.stdout.write(help(command ? [command] : [...operating, ...DEVICE_COMMANDS]));
} else {
  await runProcess(name, async (env) => {
    if (!command) throw new StartupProblem('There is no such command.', 'See causeway help.');
    await command.run(readInvocation(command, typed, env));
  });
}
