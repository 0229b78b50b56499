import { Inject, Injectable } from '@nestjs/common';
import { RCS_SETTINGS, type RcsSettings } from './rcs-options.js';

/** A bucket per agent, refilled all the time, fractions kept. */
@Injectable()
export class MessageQuota {
  private readonly buckets = new Map<string, { left: number; atMs: number }>();

  constructor(@Inject(RCS_SETTINGS) private readonly settings: RcsSettings) {}

  /** 0 when the call may pass, else the seconds until one may. */
  take(agentId: string): number {
    const perMinute = this.settings.messagesPerMinute;
    const nowMs = Date.now();
    const bucket = this.buckets.get(agentId) ?? { left: perMinute, atMs: nowMs };
    const left = Math.min(perMinute, bucket.left + ((nowMs - bucket.atMs) * perMinute) / 60_000);
    const isFree = left >= 1;
    this.buckets.set(agentId, { left: isFree ? left - 1 : left, atMs: nowMs });
    return isFree ? 0 : Math.ceil(((1 - left) * 60) / perMinute);
  }
}
