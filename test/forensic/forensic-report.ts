import type { ForensicReport } from './forensic-run.js';

/** What was promised and did not hold; empty when everything did. */
export function violationsOf(report: ForensicReport): readonly string[] {
  const none: readonly (readonly [what: string, found: readonly string[]])[] = [
    ['in the clear before the purge', report.rawBefore],
    ['in the clear after the purge', report.rawAfter],
    ['opened after the erasure', report.openedAfterErasure],
    ['searched and empty: the search shows nothing', report.emptyStores],
  ];
  const found = none.flatMap(([what, list]) => list.map((each) => `${what}: ${each}`));
  return [
    ...found,
    ...differences('before the purge', report.openedBefore, report.expectedBefore),
    ...differences(
      'of a backup from before, with all keys that are left',
      report.openedOfBackup,
      report.expectedOfBackup,
    ),
    ...differences('after the purge', report.openedAfter, report.expectedAfter),
  ];
}

/** The control: what the inventory says is there has to be found, and nothing else. */
function differences(when: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  return [
    ...expected.filter((each) => !found.includes(each)).map((each) => `not opened ${when}: ${each}`),
    ...found.filter((each) => !expected.includes(each)).map((each) => `opened, and should not be, ${when}: ${each}`),
  ];
}

/** What was searched and found, for a terminal. */
export function tableOf(report: ForensicReport): string {
  const searched = [...report.bytesByStore].map(([store, bytes]) => `${store} ${Math.ceil(bytes / 1e3)} kB`).join(', ');
  const rows: readonly (readonly [string, number])[] = [
    ['canaries planted', report.canaries.length],
    ['of them seen on handsets and devices', report.arrived.length],
    ['in the clear before the purge', report.rawBefore.length],
    ['opened before the purge with the keys of the edge (control)', report.openedBefore.length],
    ['in the clear after the purge', report.rawAfter.length],
    ['opened of a backup from before, with all keys that are left', report.openedOfBackup.length],
    ['opened of the live stores after the purge (numbers of contacts)', report.openedAfter.length],
    ['opened once the person erased themselves', report.openedAfterErasure.length],
  ];
  const lines = rows.map(([what, count]) => `  ${String(count).padStart(4)}  ${what}`);
  return `${report.queue}\n${lines.join('\n')}\n  searched after the purge: ${searched}\n`;
}
