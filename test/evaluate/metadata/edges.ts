/** One message of one person to another: all that is known of it. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
}

/** A pair in this direction; names may hold spaces, but no line ends. */
export const pairName = (from: string, to: string): string => `${from}\n${to}`;

/** Seconds beyond this are milliseconds by mistake: it is the year 5138. */
const LATEST_SECONDS = 100_000_000_000;

/**
 * Lines of `from to unix-seconds`, as SNAP publishes temporal networks (CollegeMsg: Panzarasa, Opsahl and Carley, 2009). Columns are divided
 * by commas, semicolons or tabs where the line has any, else by spaces; names are whatever they are. Blank lines, lines that begin with `#`
 * and one header are left out, and so is what people write to themselves. Answers in order of time, whatever the order of the lines.
 * Throws, with the number of the line, on any other line.
 */
export function readEdges(text: string): readonly Edge[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ columns: columnsOf(line.trim()), where: `line ${String(index + 1)}`, line: line.trim() }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
  const isHeaded = lines[0]?.columns.length === 3 && Number.isNaN(Number(lines[0].columns[2]));
  return lines
    .slice(isHeaded ? 1 : 0)
    .map(({ columns, where }) => edgeOf(columns, where))
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => a.atMs - b.atMs);
}

function columnsOf(line: string): readonly string[] {
  const divider = [',', ';', '\t'].find((each) => line.includes(each)) ?? /\s+/;
  return line.split(divider).map((column) => column.trim().replace(/^"(.*)"$/, '$1'));
}

function edgeOf(columns: readonly string[], where: string): Edge {
  const [from, to, time] = columns;
  if (columns.length !== 3 || !from || !to || !time)
    throw new Error(`${where} has ${String(columns.length)} columns; wanted are three: from to unix-seconds`);
  const seconds = Number(time);
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new Error(`${where}: the third column is no time in unix seconds`);
  if (seconds > LATEST_SECONDS) throw new Error(`${where}: the time is in milliseconds; wanted are unix seconds`);
  return { from, to, atMs: Math.round(seconds * 1000) };
}
