import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';

export interface RcsFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
  readonly heldSinceMs: number;
}

const LARGEST_BYTES = 16 * 2 ** 20;
const FETCH_TIMEOUT_MS = 5_000;

/** Files the network holds: uploaded, attached on a handset, or fetched once from where a message said. */
@Injectable()
export class RcsFiles {
  private readonly files = new Map<string, RcsFile>();
  private readonly fetched = new Map<string, string | undefined>();
  private readonly closing = new AbortController();

  add(contentType: string, content: Buffer): RcsFile {
    const file = { name: `files/${randomUUID()}`, contentType, content, heldSinceMs: Date.now() };
    this.files.set(file.name, file);
    return file;
  }

  find(name: string): RcsFile | undefined {
    return this.files.get(name);
  }

  forgetBefore(timeMs: number): void {
    for (const [name, { heldSinceMs }] of this.files) if (heldSinceMs < timeMs) this.files.delete(name);
    for (const [url, name] of this.fetched) if (name !== undefined && !this.files.has(name)) this.fetched.delete(url);
  }

  /** The name under which a fetched file is held; `undefined` while it is not there, or when its address did not give it. */
  nameOf(url: string): string | undefined {
    return this.fetched.get(url);
  }

  /** Asks each address once in the life of the network: links to files may work a single time. */
  async fetchOnce(url: string): Promise<void> {
    if (this.fetched.has(url)) return;
    this.fetched.set(url, undefined);
    const file = await this.download(url);
    if (file) this.fetched.set(url, file.name);
  }

  close(): void {
    this.closing.abort();
  }

  private async download(url: string): Promise<RcsFile | undefined> {
    try {
      const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
      const response = await fetch(url, { signal, redirect: 'error' });
      const content = Buffer.from(await response.arrayBuffer());
      if (!response.ok || content.length > LARGEST_BYTES) return undefined;
      const [type = ''] = (response.headers.get('content-type') ?? 'application/octet-stream').split(';');
      return this.add(type.trim(), content);
    } catch {
      return undefined; // the handset then says that the file could not be fetched
    }
  }
}
