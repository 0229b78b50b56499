import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';

const factSchema = z.object({
  at: z.iso.datetime(),
  event: z.enum(['accepted', 'shown', 'written']),
  sid: z.string(),
  from: z.string(),
  to: z.string(),
  body: z.string(),
});

/** One line of the carrier's own log. */
export type CarrierFact = z.infer<typeof factSchema>;

const CHUNK_BYTES = 65_536;

/** Follows the log that the carrier appends to: what really reached a handset, whatever its API and callbacks said. */
export class CarrierTruth {
  readonly facts: CarrierFact[] = [];
  private readBytes = 0;
  private rest = '';

  constructor(private readonly file: string) {}

  /** Takes in what was appended since the last call, and returns it. */
  read(): readonly CarrierFact[] {
    if (!existsSync(this.file)) return [];
    const lines = `${this.rest}${this.appended()}`.split('\n');
    this.rest = lines.pop() ?? '';
    const fresh = lines.map((line) => factSchema.parse(JSON.parse(line)));
    this.facts.push(...fresh);
    return fresh;
  }

  private appended(): string {
    const file = openSync(this.file, 'r');
    const chunks: Buffer[] = [];
    try {
      for (;;) {
        const chunk = Buffer.alloc(CHUNK_BYTES);
        const length = readSync(file, chunk, 0, CHUNK_BYTES, this.readBytes);
        if (length === 0) return Buffer.concat(chunks).toString('utf8');
        this.readBytes += length;
        chunks.push(chunk.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  }
}
