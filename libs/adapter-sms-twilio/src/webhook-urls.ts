/** The two addresses Twilio calls, on the configured public URL. */
export interface SmsWebhookUrls {
  /** To be set as the webhook of every bridge number. */
  readonly inbound: string;
  /** Goes with each message; the last part finds the attempt. */
  statusOf(ref: string): string;
  /** Which of ours a request was for, by the URL as configured; a query does not change it. */
  read(url: string): { readonly kind: 'inbound' } | { readonly kind: 'status'; readonly ref: string } | undefined;
}

const REF = /^[A-Za-z0-9_.~-]{1,256}$/;

/** `publicUrl` with or without a trailing slash. */
export function smsWebhookUrls(publicUrl: string): SmsWebhookUrls {
  const root = `${publicUrl.replace(/\/+$/, '')}/webhooks/sms`;
  const statusRoot = `${root}/status/`;
  return {
    inbound: `${root}/inbound`,
    statusOf(ref) {
      if (!REF.test(ref)) throw new TypeError('A ref must consist of characters that need no escaping in a URL');
      return `${statusRoot}${ref}`;
    },
    read(url) {
      const [path = ''] = url.split(/[?#]/, 1);
      if (path === `${root}/inbound`) return { kind: 'inbound' };
      const ref = path.startsWith(statusRoot) ? path.slice(statusRoot.length) : '';
      return REF.test(ref) ? { kind: 'status', ref } : undefined;
    },
  };
}
