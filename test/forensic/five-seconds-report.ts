import type { FiveSecondReport } from './five-seconds-run.js';

/** What was promised and did not hold; empty when everything did. */
export function faultsOf({ opened, expected, violations }: FiveSecondReport): readonly string[] {
  return [
    ...expected.filter((each) => !opened.includes(each)).map((each) => `the control did not open: ${each}`),
    ...opened.filter((each) => !expected.includes(each)).map((each) => `opened, and should not be: ${each}`),
    ...violations,
  ];
}

/** What was done and found, for a terminal. */
export function fiveSecondText(report: FiveSecondReport): string {
  const { lifeSeconds, opened, goneAfterMs, kills, readerSeconds, bytesSearched } = report;
  const gone = Object.entries(goneAfterMs).map(([place, ms]) => `${place} ${ms} ms`);
  return [
    `${report.queue}, messages of ${lifeSeconds} s`,
    `  ${String(opened.length).padStart(4)}  opened before their time with the keys of the edge (control)`,
    `        gone after their time: ${gone.join(', ')}`,
    `        ${kills} purges killed, a reader open for ${readerSeconds} s, ${Math.ceil(bytesSearched / 1e6)} MB searched at the end`,
    `  ${String(faultsOf(report).length).padStart(4)}  faults\n`,
  ].join('\n');
}
