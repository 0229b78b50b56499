import { Plaintext } from '@causeway/platform';

/**
 * A value with its wrapped words laid open, so that two can be compared: deep equality does not look into a `Plaintext`. When something
 * was received is left out, because an adapter may take its own clock for it.
 */
export function revealed(value: unknown): unknown {
  if (value instanceof Plaintext) {
    const words: unknown = value.reveal();
    return { revealed: words };
  }
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, field]) => name !== 'receivedAtMs' && field !== undefined)
      .map(([name, field]) => [name, revealed(field)]),
  );
}
