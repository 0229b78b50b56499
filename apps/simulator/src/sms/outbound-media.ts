import { Injectable } from '@nestjs/common';
import { CallLog } from '../control/call-log.js';
import { MediaStore } from './media-store.js';
import { TwilioError } from './twilio-error.js';

const MOST_BYTES = 5_000_000;
const MOST_FILES = 10;
const TIMEOUT_MS = 10_000;

interface Fetched {
  readonly contentType: string;
  readonly content: Buffer;
}

/** Fetches the files of an MMS, each once, before the message travels: what cannot be fetched is refused. */
@Injectable()
export class OutboundMedia {
  constructor(
    private readonly media: MediaStore,
    private readonly log: CallLog,
  ) {}

  async fetch(urls: readonly string[]): Promise<readonly Fetched[]> {
    if (urls.length > MOST_FILES) throw TwilioError.of(21623);
    const files: Fetched[] = [];
    for (const url of urls) files.push(await this.fetchOne(url));
    return files;
  }

  keep(messageSid: string, files: readonly Fetched[]): void {
    for (const file of files) this.media.add(messageSid, file);
  }

  private async fetchOne(url: string): Promise<Fetched> {
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw TwilioError.of(21620);
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
    this.log.append({ call: 'media-fetched', status: response?.status ?? 0 });
    if (!response?.ok) throw TwilioError.of(21620);
    const content = Buffer.from(await response.arrayBuffer());
    if (content.length > MOST_BYTES) throw TwilioError.of(21620);
    return { contentType: response.headers.get('content-type') ?? 'application/octet-stream', content };
  }
}
