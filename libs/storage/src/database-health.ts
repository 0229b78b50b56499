import type { Database } from './database.js';

/** True when the database answers. */
export async function isAnswering(database: Database): Promise<boolean> {
  try {
    await database.query('SELECT 1 AS one');
    return true;
  } catch {
    return false;
  }
}
