import { fork, type ChildProcess, type Serializable } from 'node:child_process';
import { join } from 'node:path';

/** Nothing of what a generator makes lives long: collecting it less often leaves more of the machine to what is measured. */
const ROOM_FOR_YOUNG_OBJECTS = '--max-semi-space-size=32';

/** A process of the benchmark that is told what to do over IPC; each order has one answer. */
export class Child {
  private constructor(private readonly child: ChildProcess) {}

  /** `file` in test/bench. */
  static start(file: string): Child {
    const child = fork(join(process.cwd(), 'test', 'bench', file), [], {
      execArgv: [ROOM_FOR_YOUNG_OBJECTS, '--import', './scripts/typescript/register.mjs'],
      serialization: 'advanced',
    });
    return new Child(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Sends an order and waits for the answer; what it holds is the business of the two files that speak. */
  ask<Answer>(order: Serializable): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`a process of the benchmark ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (answer: Answer) => {
        this.child.off('exit', ended);
        resolve(answer);
      });
      this.child.send(order);
    });
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}
