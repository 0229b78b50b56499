/**
 * Places of the items in as few turns as can be, so that nothing is named twice within one: PostgreSQL changes a row once per statement and
 * would leave out the second. What shares a name keeps its order.
 */
export function wavesOf<Item>(
  items: readonly Item[],
  namesOf: (item: Item) => readonly string[],
): readonly (readonly number[])[] {
  const waves: number[][] = [];
  const turns = new Map<string, number>();
  items.forEach((item, place) => {
    const names = namesOf(item);
    const turn = Math.max(0, ...names.map((name) => turns.get(name) ?? 0));
    for (const name of names) turns.set(name, turn + 1);
    (waves[turn] ??= []).push(place);
  });
  return waves;
}

/** Gives `run` the items turn by turn; answers in the order of the items. */
export async function inWaves<Item, Result>(
  items: readonly Item[],
  namesOf: (item: Item) => readonly string[],
  run: (wave: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  for (const wave of wavesOf(items, namesOf)) {
    const answers = await run(wave.flatMap((place) => items.slice(place, place + 1)));
    answers.forEach((answer, index) => results.set(wave[index] ?? -1, answer));
  }
  return items.flatMap((_, place) => {
    const result = results.get(place);
    return result === undefined ? [] : [result];
  });
}
