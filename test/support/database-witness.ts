import pg from 'pg';

/** What the database says of one message. */
export interface MessageFacts {
  readonly messageId: string;
  readonly state: string;
  /** Why it failed. */
  readonly reason: string | null;
  /** Outcomes of its attempts on clear networks, in order, each with its reason if it has one. */
  readonly attempts: readonly string[];
  /** Its place in its lane, and when the gateway took it. */
  readonly position: string;
  readonly acceptedAt: Date;
}

/** Reads the tables themselves: nothing of the product stands between the checker and what is stored. */
export class DatabaseWitness {
  constructor(private readonly url: string) {}

  async messages(): Promise<MessageFacts[]> {
    return this.query<MessageFacts>(
      `SELECT transit.base64url(m.message_id) AS "messageId", m.state, m.reason,
         m.position::text AS position, m.accepted_at AS "acceptedAt",
         ARRAY(SELECT concat_ws(': ', a.outcome, a.reason) FROM transit.attempt a WHERE a.purge_hour = m.purge_hour AND a.message_ref = m.id ORDER BY a.attempt) AS attempts
       FROM transit.message m`,
    );
  }

  private async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
