import { SYSTEM_CLOCK } from '@causeway/platform';
import type { Invocation } from '../command.js';
import { examine, isReady } from '../doctor/examine.js';
import type { Finding, FindingStatus } from '../doctor/finding.js';
import { Terminal } from '../terminal.js';

const MARKS: Readonly<Record<FindingStatus, string>> = {
  ok: '✓',
  fixed: '✓ fixed',
  note: '·',
  warning: '!',
  problem: '✗',
  skipped: '-',
};

/** `causeway doctor`: what is missing before messages can flow, and with `--fix` what it may set itself. */
export async function doctor(invocation: Invocation): Promise<void> {
  const findings = await examine(invocation.env, { clock: SYSTEM_CLOCK, mayFix: invocation.has('fix') });
  if (!isReady(findings)) process.exitCode = 1;
  const terminal = new Terminal();
  if (invocation.has('json')) terminal.line(JSON.stringify({ isReady: isReady(findings), findings }, undefined, 2));
  else show(terminal, findings);
}

function show(terminal: Terminal, findings: readonly Finding[]): void {
  terminal.title('What this gateway needs');
  for (const { check, status, says, advice } of findings)
    terminal.row(check, [`${MARKS[status]} ${says}`, ...(advice === undefined ? [] : [`  ${advice}`])].join('\n'));
  terminal.line();
  terminal.line(isReady(findings) ? 'Nothing stands in the way.' : 'Something stands in the way: see ✗ above.');
}
