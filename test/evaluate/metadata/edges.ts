/** One message of one person to another: all that is known of it. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
}

/**
 * Lines of `from to unix-seconds`, as SNAP publishes temporal networks (CollegeMsg: Panzarasa, Opsahl and Carley, 2009). Lines that begin with
 * `#` are left out. Throws on any other line that is not of this form. In order of time; people who write to themselves are left out.
 */
export function readEdges(text: string): readonly Edge[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), index }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, index }) => {
      const [from, to, seconds] = line.split(/[\s,]+/);
      const atMs = Number(seconds) * 1000;
      if (!from || !to || !seconds || !Number.isFinite(atMs))
        throw new Error(`line ${String(index + 1)} is not: from to unix-seconds`);
      return { from, to, atMs };
    })
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => a.atMs - b.atMs);
}
