import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { METRICS, type LabelsOf, type MetricOfKind, type MetricRow } from './metrics-table.js';

/**
 * The metrics of one process, declared in `METRICS` and typed by it: a wrong name or label does not compile.
 * Recording never throws and never waits.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    for (const [name, row] of Object.entries<MetricRow>(METRICS)) this.#declare(name, row);
  }

  /** Adds the process's own figures: memory, event loop lag, open handles. Once per process. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry, prefix: 'causeway_' });
  }

  increment<Name extends MetricOfKind<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  set<Name extends MetricOfKind<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /** `value` in the unit of the name: seconds. */
  observe<Name extends MetricOfKind<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** The Prometheus exposition text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #declare(name: string, row: MetricRow): void {
    const common = { name, help: row.help, labelNames: [...row.labels], registers: [this.#registry] };
    switch (row.kind) {
      case 'counter':
        this.#counters.set(name, new Counter(common));
        return;
      case 'gauge':
        this.#gauges.set(name, new Gauge(common));
        return;
      case 'histogram':
        this.#histograms.set(name, new Histogram({ ...common, buckets: [...(row.buckets ?? [])] }));
        return;
    }
  }
}
