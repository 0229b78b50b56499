const GROUPS_PER_LINE = 6;

/** A safety number as people read it to each other: groups of five digits, two lines. */
export function groupsOfFive(digits: string): string {
  const groups = digits.match(/\d{5}/g) ?? [];
  return [groups.slice(0, GROUPS_PER_LINE), groups.slice(GROUPS_PER_LINE)].map((line) => line.join(' ')).join('\n');
}
