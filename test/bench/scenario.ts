import type { BenchOptions } from './options.js';

export type Cell = string | number;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What a reader must know to read it right. */
  readonly note?: string;
}

/** Something the project said it would reach. A missed one is printed like a met one. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  /** File name without its ending; one plot has one name over all runs. */
  readonly name: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isLogX?: boolean;
  readonly isLogY?: boolean;
  readonly series: readonly Series[];
}

export interface Outcome {
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  readonly plots: readonly Plot[];
  /** Everything measured, for the JSON file. */
  readonly figures: unknown;
}

export interface Bench {
  readonly options: BenchOptions;
  /** One line on the terminal: what is being done. */
  readonly progress: (line: string) => void;
}

/** One question and the way it is answered; on its own stores and processes, so that any of them can be run alone. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  readonly run: (bench: Bench) => Promise<Outcome>;
}
