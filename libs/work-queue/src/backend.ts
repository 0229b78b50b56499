/**
 * What BullMQ runs on. The same suites pass on both; Redis is faster, PostgreSQL needs nothing more than there is. The URL of a
 * Redis may be that of a cluster, in any form that `parseRedisAddress` reads.
 */
export type QueueBackend =
  | { readonly backend: 'postgres'; readonly url: string }
  | {
      readonly backend: 'redis';
      readonly url: string;
      /** Redis keeps it and refuses another. */ readonly region?: string;
    };
