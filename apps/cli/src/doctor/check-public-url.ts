import { smsWebhookUrls } from '@causeway/adapter-sms-twilio';
import type { Config } from '@causeway/platform';
import { note, ok, problem, skipped, warning, type Finding } from './finding.js';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
const TIMEOUT_MS = 5_000;

/** Whether carriers can reach the webhooks: an unsigned request must be turned away, by us. */
export async function checkPublicUrl({ edgePublicUrl, smsProvider, twilioApiUrl }: Config): Promise<Finding> {
  const check = 'public-url';
  if (smsProvider === 'none') return skipped(check, 'No carrier calls back.');
  const { hostname, protocol } = new URL(edgePublicUrl);
  const isLocal = LOOPBACK.has(hostname);
  if (isLocal && twilioApiUrl === '')
    return problem(
      check,
      'Twilio cannot reach this machine by its own name for itself.',
      'Set CAUSEWAY_EDGE_PUBLIC_URL.',
    );
  const response = await fetch(smsWebhookUrls(edgePublicUrl).inbound, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  await response?.body?.cancel();
  if (!response) return note(check, 'Nobody answers at the public URL from here; the edge may not be running.');
  if (response.status !== 403) {
    return warning(
      check,
      `Something else answers at the public URL (HTTP ${response.status}, not 403).`,
      'Let the proxy pass /webhooks/ to the edge unchanged, and add no redirect.',
    );
  }
  if (protocol === 'http:' && !isLocal) {
    return problem(check, 'Webhooks would carry words and numbers in the clear.', 'Make the public URL https.');
  }
  return ok(check, 'The edge answers at the public URL and turns away what is not signed.');
}
