import type { Command } from './command.js';

const GROUPS = [
  ['gateway', 'For those who run a gateway'],
  ['device', 'For those who write (every one takes --device <folder>)'],
  ['adapter', 'For those who add a network'],
] as const;

/** The table of commands as a person reads it. */
export function help(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => shape(command).length));
  const groups = GROUPS.flatMap(([group, title]) => {
    const lines = commands
      .filter((command) => command.group === group)
      .map((command) => `  ${shape(command).padEnd(width)}   ${command.summary}`);
    return lines.length === 0 ? [] : [`${title}:`, ...lines, ''];
  });
  return ['Usage: causeway <command>', '', ...groups].join('\n');
}

const shape = ({ name, usage }: Command): string => `${name} ${usage}`.trimEnd();
