const GIVES_UP_AFTER_MS = 5_000;

/** Looks again until there is a value; fails after five seconds. */
export async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  const giveUpAt = Date.now() + GIVES_UP_AFTER_MS;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error('It did not happen within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
