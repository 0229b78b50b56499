/** As in the model of messages, which is not imported here: what this lib is not given it cannot see. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A copy. */
export const toBytes = (source: Uint8Array): Bytes => new Uint8Array(source);

/** What time it is, milliseconds since the epoch. */
export interface TellsTime {
  nowMs(): number;
}
