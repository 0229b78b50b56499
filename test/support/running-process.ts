import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const READY_WITHIN_MS = 40_000;
/** As the compose file starts it. */
const GATEWAY_FLAGS = ['--max-semi-space-size=32'];

/** What the build makes of a server. */
export const serverFile = (app: 'gateway' | 'worker' | 'edge' | 'simulator'): string => `dist/servers/${app}.js`;

export type Environment = Readonly<Record<string, string>>;

/** One compiled process of ours, as an operator runs it. `npm test` builds before it runs. */
export class RunningProcess {
  private child: ChildProcess | undefined;
  private words = '';
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly main: string,
    private readonly args: readonly string[],
    private readonly env: Environment,
  ) {}

  /** Everything it wrote since the first start: standard output and error. */
  get output(): string {
    return this.words;
  }

  /** The same as it came: words are what is left of it that is UTF-8. */
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  async start(): Promise<this> {
    const { PATH = '', HOME = '', TMPDIR = '', LANG = 'C.UTF-8' } = process.env;
    const child = fork(join(process.cwd(), this.main), [...this.args], {
      env: { PATH, HOME, TMPDIR, LANG, ...this.env },
      silent: true,
      execArgv: this.main === serverFile('gateway') ? GATEWAY_FLAGS : [],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.chunks.push(chunk);
        this.words += chunk.toString('utf8');
      });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.main} was not ready in time:\n${this.words}`)),
        READY_WITHIN_MS,
      );
      child.once('message', () => {
        clearTimeout(timer);
        resolve();
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`${this.main} ended with ${code} while it started:\n${this.words}`));
      });
    });
    return this;
  }

  /** SIGSTOP: it stands still, its connections stay open. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  /** SIGCONT. */
  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** SIGTERM by default; `SIGKILL` is the crash. Resolves when it is gone, with its exit code. */
  async stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.child;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    return new Promise((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.kill(signal);
    });
  }
}
