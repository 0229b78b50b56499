/** Where the bare ways go. */
export interface StoreUrls {
  readonly databaseUrl: string;
  /** Undefined when the queue is on PostgreSQL. */
  readonly redisUrl: string | undefined;
}
