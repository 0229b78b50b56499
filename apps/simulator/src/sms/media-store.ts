import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';

/** A file of a message, kept until it is deleted. */
export interface MediaFile {
  readonly sid: string;
  readonly contentType: string;
  readonly content: Buffer;
  readonly createdAtMs: number;
}

/** The files of messages of either direction, by the SID of their message. */
@Injectable()
export class MediaStore {
  private readonly files = new Map<string, readonly MediaFile[]>();

  add(messageSid: string, file: Pick<MediaFile, 'contentType' | 'content'>): MediaFile {
    const kept = { ...file, sid: `ME${randomBytes(16).toString('hex')}`, createdAtMs: Date.now() };
    this.files.set(messageSid, [...this.of(messageSid), kept]);
    return kept;
  }

  of(messageSid: string): readonly MediaFile[] {
    return this.files.get(messageSid) ?? [];
  }

  find(messageSid: string, sid: string): MediaFile | undefined {
    return this.of(messageSid).find((file) => file.sid === sid);
  }

  /** As from Twilio's store, to which its API leads: whoever has the name may read. */
  bySid(sid: string): MediaFile | undefined {
    return [...this.files.values()].flat().find((file) => file.sid === sid);
  }

  forgetBefore(timeMs: number): void {
    for (const [messageSid, files] of this.files) {
      const left = files.filter(({ createdAtMs }) => createdAtMs >= timeMs);
      if (left.length > 0) this.files.set(messageSid, left);
      else this.files.delete(messageSid);
    }
  }

  remove(messageSid: string, sid: string): void {
    this.files.set(
      messageSid,
      this.of(messageSid).filter((file) => file.sid !== sid),
    );
  }
}
