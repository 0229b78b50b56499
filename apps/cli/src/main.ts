import { runProcess, StartupProblem } from '@causeway/platform';
import { readInvocation, type Command } from './command.js';
import { help } from './help.js';
import { OPERATING_COMMANDS } from './operating-commands.js';

const words = process.argv.slice(2);

/** Of `contact` and `contact find` the one that says more. */
function named(commands: readonly Command[]): Command | undefined {
  const [longest] = commands
    .filter((one) => `${words.join(' ')} `.startsWith(`${one.name} `))
    .toSorted((a, b) => b.name.length - a.name.length);
  return longest;
}

const operating = named(OPERATING_COMMANDS);
const onDevice = operating ? [] : (await import('./device-commands.js')).DEVICE_COMMANDS;
const command = operating ?? named(onDevice);
const name = command?.name ?? words[0] ?? 'help';
const typed = words.slice(name.split(' ').length);

if (name === 'help' || name === '--help' || typed.includes('--help')) {
  process.stdout.write(help(command ? [command] : [...OPERATING_COMMANDS, ...onDevice]));
} else {
  await runProcess(name, async (env) => {
    if (!command) throw new StartupProblem('There is no such command.', 'See causeway help.');
    await command.run(readInvocation(command, typed, env));
  });
}
