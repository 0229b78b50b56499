/** What BullMQ runs on. The same suites pass on both; Redis is faster, PostgreSQL needs nothing more than there is. */
export type QueueBackend =
  { readonly backend: 'postgres'; readonly url: string } | { readonly backend: 'redis'; readonly url: string };
