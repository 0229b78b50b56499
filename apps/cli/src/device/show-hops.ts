import type { Terminal } from '../terminal.js';

export interface ShownHop {
  readonly network: string;
  readonly isSimulated: boolean;
  readonly readableBy: readonly string[];
  readonly region: string;
  readonly copyLifetime: string;
}

/** The hop receipt: each network a message crossed, who could read it there, where, and how long that copy lives. */
export function showHops(terminal: Terminal, hops: readonly ShownHop[]): void {
  hops.forEach((hop, index) => {
    terminal.row(
      `hop ${index + 1}`,
      `${hop.network.toUpperCase()}${hop.isSimulated ? ' (SIMULATED)' : ''}, region ${hop.region}`,
    );
    terminal.row('  readable by', hop.readableBy.join(', '));
    terminal.row('  its copy', hop.copyLifetime);
  });
}
