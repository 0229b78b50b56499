import type { Latency } from '../measure/percentiles.js';

export const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '-');

/** `12 / 80`, milliseconds. */
export const p50p99 = ({ p50, p99 }: Latency): string => `${ms(p50)} / ${ms(p99)}`;

export const count = (value: number): string => Math.round(value).toLocaleString('en-GB');
export const ratio = (value: number): string => value.toFixed(2);
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** Processor milliseconds per message by process, those named first. */
export const cpuCells = (cpuMs: Readonly<Record<string, number>>, names: readonly string[]): readonly string[] =>
  names.map((name) => (cpuMs[name] === undefined ? '-' : cpuMs[name].toFixed(2)));
