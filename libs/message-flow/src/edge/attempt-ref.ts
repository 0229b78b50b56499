import { parseTransitId, type TransitId } from '@causeway/message-model';
import type { AttemptKey } from '@causeway/storage';

/** How an attempt is named in a callback address: unguessable, since the row's id is. */
export const attemptRef = (ref: TransitId, attempt: number): string => `${ref}.${attempt}`;

export function parseAttemptRef(text: string): AttemptKey | undefined {
  const dot = text.lastIndexOf('.');
  const ref = parseTransitId(text.slice(0, dot));
  const attempt = /^[1-9]\d{0,3}$/.test(text.slice(dot + 1)) ? Number(text.slice(dot + 1)) : undefined;
  return ref && attempt !== undefined ? { ref, attempt } : undefined;
}
