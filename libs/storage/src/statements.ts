import type { TransitId } from '@causeway/message-model';
import { purgeHourOf } from '@causeway/message-model';

/** A text that PostgreSQL may keep the plan of, with what fills its parameters. `name` is undefined when it is planned for this call only. */
export interface Statement<Value> {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly Value[];
}

/**
 * Partitions by their hours. They become part of the statement's text, not parameters: so the one plan that is kept names these partitions,
 * where a plan for any hour would lock and look at every partition there is.
 */
export class PartitionHours {
  private constructor(readonly sql: string) {}

  /** The partition of one row; in SQL an integer. */
  static of(id: TransitId): PartitionHours {
    return PartitionHours.at(purgeHourOf(id));
  }

  static at(hour: number): PartitionHours {
    return new PartitionHours(String(Math.trunc(hour)));
  }

  /** The partitions of many rows; in SQL an array of integers. */
  static ofAll(ids: readonly TransitId[]): PartitionHours {
    return PartitionHours.atAll(ids.map(purgeHourOf));
  }

  static atAll(hours: readonly number[]): PartitionHours {
    const distinct = [...new Set(hours.map(Math.trunc))].sort((a, b) => a - b);
    return new PartitionHours(`'{${distinct.join(',')}}'::int[]`);
  }
}

/** Plans of this many statements are kept: ids come from strangers, and so do the hours in them. */
const MAX_KEPT = 400;

/** Gives statements their names. What was kept is forgotten with `forgetAfterMs`, as connections and their plans are. */
export class Statements {
  private kept = new Map<string, { readonly name: string; readonly text: string }>();
  private forgetAt = 0;
  private named = 0;

  constructor(private readonly options: { readonly forgetAfterMs: number; readonly nowMs: () => number }) {}

  prepare<Value>(sql: string, values: readonly (Value | PartitionHours)[]): Statement<Value> {
    const rest = values.filter((value): value is Value => !(value instanceof PartitionHours));
    const key = rest.length === values.length ? sql : `${hoursIn(values)} ${sql}`;
    const known = this.kept.get(key);
    if (known) return { ...known, values: rest };
    const text = rest.length === values.length ? sql : withHours(sql, values);
    return { name: this.keep(key, text), text, values: rest };
  }

  private keep(key: string, text: string): string | undefined {
    const nowMs = this.options.nowMs();
    if (nowMs >= this.forgetAt) {
      this.kept = new Map();
      this.forgetAt = nowMs + this.options.forgetAfterMs;
    }
    if (this.kept.size >= MAX_KEPT) return undefined;
    this.named += 1;
    const name = `causeway_${this.named}`;
    this.kept.set(key, { name, text });
    return name;
  }
}

const hoursIn = (values: readonly unknown[]): string =>
  values.flatMap((value) => (value instanceof PartitionHours ? [value.sql] : [])).join(' ');

/** Hours take the place of their parameters, and the others are counted anew. */
function withHours(sql: string, values: readonly unknown[]): string {
  let next = 0;
  const places = values.map((value) => (value instanceof PartitionHours ? value.sql : `$${(next += 1)}`));
  return sql.replaceAll(/\$(\d+)/g, (parameter, number) => places[Number(number) - 1] ?? parameter);
}
