import pg from 'pg';

/** Straight into the database, past every door: what a gateway that lies can do. */
export class DatabaseAccess {
  private constructor(private readonly client: pg.Client) {}

  static async open(url: string): Promise<DatabaseAccess> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new DatabaseAccess(client);
  }

  async rows(sql: string, ...values: readonly unknown[]): Promise<Readonly<Record<string, unknown>>[]> {
    const result = await this.client.query<Record<string, unknown>>(sql, [...values]);
    return result.rows;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
