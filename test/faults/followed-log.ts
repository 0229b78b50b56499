import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 65_536;

/** A file that somebody else appends lines of JSON to. */
export class FollowedLog {
  private readBytes = 0;
  private rest = '';

  constructor(private readonly file: string) {}

  /** What was appended since the last call, line by line; nothing while there is no file. */
  read(): readonly unknown[] {
    if (!existsSync(this.file)) return [];
    const lines = `${this.rest}${this.appended()}`.split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map((line): unknown => JSON.parse(line));
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
