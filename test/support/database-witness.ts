import pg from 'pg';
import { textOf } from './traffic.js';

/** What the database says of one message. */
export interface MessageFacts {
  readonly messageId: string;
  readonly state: string;
  /** Why it failed. */
  readonly reason: string | null;
  /** Outcomes of its attempts on clear networks, in order, each with its reason if it has one. */
  readonly attempts: readonly string[];
}

/** What has to be empty when nothing is under way. */
export interface Leftovers {
  readonly laneItems: number;
  readonly pending: number;
  readonly envelopes: number;
  readonly boxes: number;
}

/** Reads the tables themselves: nothing of the product stands between the checker and what is stored. */
export class DatabaseWitness {
  constructor(private readonly url: string) {}

  async messages(): Promise<MessageFacts[]> {
    return this.query<MessageFacts>(
      `SELECT transit.base64url(m.message_id) AS "messageId", m.state, m.reason,
         ARRAY(SELECT concat_ws(': ', a.outcome, a.reason) FROM transit.attempt a WHERE a.purge_hour = m.purge_hour AND a.message_ref = m.id ORDER BY a.attempt) AS attempts
       FROM transit.message m`,
    );
  }

  /** Accepted and not delivered. */
  async inFlight(): Promise<number> {
    return (await this.messages()).filter(({ state }) => state !== 'delivered' && state !== 'cancelled').length;
  }

  async leftovers(): Promise<Leftovers | undefined> {
    const [row] = await this.query<Leftovers>(
      `SELECT (SELECT count(*)::int FROM transit.lane_item) AS "laneItems", (SELECT coalesce(sum(pending), 0)::int FROM transit.lane) AS pending,
         (SELECT count(*)::int FROM transit.envelope) AS envelopes, (SELECT count(*)::int FROM transit.inbox WHERE kind = 'box') AS boxes`,
    );
    return row;
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

const sentTexts = (conversation: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => textOf(conversation, index + 1));

/** What one device showed, in order. */
export interface Shown {
  readonly name: string;
  readonly shown: readonly { readonly text: string | undefined }[];
}

/** What is wrong at the devices that should have shown a conversation: lost, twice, or out of order. Empty when nothing is. */
export function faultsAtDevices(conversation: string, count: number, devices: readonly Shown[]): string[] {
  const expected = sentTexts(conversation, count);
  const sent = new Set(expected);
  return devices.flatMap(({ name, shown }) => {
    const texts = shown.flatMap(({ text }) => (text !== undefined && sent.has(text) ? [text] : []));
    return texts.join() === expected.join() ? [] : [`${name} was shown ${texts.join()} instead of ${expected.join()}`];
  });
}

export interface HandsetReport {
  readonly faults: readonly string[];
  /** Texts that lie on the handset more than once. */
  readonly repeated: readonly string[];
}

/** What is wrong on a handset. A repetition is named apart: a resend after an unknown outcome may cause one. */
export function readHandset(
  conversation: string,
  count: number,
  received: readonly { readonly body: string }[],
): HandsetReport {
  const expected = sentTexts(conversation, count);
  const sent = new Set(expected);
  const texts = received.map(({ body }) => body).filter((body) => sent.has(body));
  const firsts = [...new Set(texts)];
  const repeated = firsts.filter((text) => texts.filter((other) => other === text).length > 1);
  const isRight = firsts.join() === expected.join();
  return { faults: isRight ? [] : [`the handset was given ${firsts.join()} instead of ${expected.join()}`], repeated };
}
