interface Scripted {
  readonly operation: string;
  /** How many calls it strikes before it is used up. */
  readonly count: number;
}

/** Faults strike in the order they were scripted, each as often as it says. */
export class ScriptedFaults<Fault extends Scripted> {
  private pending: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.pending.push({ fault, left: fault.count });
  }

  clear(): void {
    this.pending = [];
  }

  take(operation: Fault['operation']): Fault | undefined {
    const next = this.pending.find((entry) => entry.fault.operation === operation);
    if (!next) return undefined;
    next.left -= 1;
    if (next.left === 0) this.pending = this.pending.filter((entry) => entry !== next);
    return next.fault;
  }

  list(): readonly (Fault & { readonly left: number })[] {
    return this.pending.map(({ fault, left }) => ({ ...fault, left }));
  }
}
