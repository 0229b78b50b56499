import { toBytes } from '@causeway/message-model';
import pg from 'pg';

/** Types of columns by their object id, as PostgreSQL numbers them. */
const OID = { bytea: 17, int8: 20 } as const;

/** Values as the rest of Causeway knows them: counters as bigint, bytes as plain byte arrays; everything else as the driver reads it. */
export const COLUMN_TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === OID.int8) return BigInt;
    if (oid === OID.bytea) return bytesOf;
    const parse: unknown = pg.types.getTypeParser(oid, format);
    return parse;
  },
};

/** The hex form of bytea: `\x` and two digits for each byte. */
const bytesOf = (text: string) => toBytes(Buffer.from(text.slice(2), 'hex'));
