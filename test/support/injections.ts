import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseWitness } from './delivery-check.js';
import type { RunningProcess } from './running-process.js';
import type { SeededRandom } from './seeded-random.js';
import type { World } from './world.js';

export type Kill = 'kill-worker' | 'kill-edge' | 'kill-worker-and-edge' | 'kill-gateway';
/** `wipe-queue-while-dead` does it between the death of worker and edge and their start; `wipe-queue` under living ones. */
export type Injection = Kill | 'wipe-queue' | 'wipe-queue-while-dead';

/** How long nothing happens before each injection, and how long a killed process stays dead, milliseconds. */
const QUIET_MS = { least: 200, most: 1_500 };
const DEAD_MS = { least: 50, most: 1_000 };

export interface Target {
  readonly world: World;
  readonly witness: DatabaseWitness;
  readonly random: SeededRandom;
}

export interface Injected {
  /** What was done, with what was in flight at each. */
  readonly done: readonly string[];
  readonly jobsWiped: number;
}

/** Does one injection after the other at moments of chance, and brings back what it killed. */
export async function inject({ world, witness, random }: Target, plan: readonly Injection[]): Promise<Injected> {
  const done: string[] = [];
  let jobsWiped = 0;
  const wipe = async (): Promise<void> => {
    jobsWiped += await world.wipeQueue();
  };
  for (const injection of plan) {
    await pause(random.between(QUIET_MS.least, QUIET_MS.most));
    done.push(`${await witness.inFlight()} ${injection}`);
    const deadMs = random.between(DEAD_MS.least, DEAD_MS.most);
    switch (injection) {
      case 'wipe-queue':
        await wipe();
        break;
      case 'wipe-queue-while-dead':
        await killAndRestart([world.worker, world.edge], () => pause(deadMs).then(wipe));
        break;
      default:
        await killAndRestart(processesOf(world, injection), () => pause(deadMs));
    }
  }
  return { done, jobsWiped };
}

async function killAndRestart(processes: readonly RunningProcess[], whileDead: () => Promise<void>): Promise<void> {
  await Promise.all(processes.map((process) => process.stop('SIGKILL')));
  await whileDead();
  await Promise.all(processes.map((process) => process.start()));
}

function processesOf(world: World, injection: Kill): readonly RunningProcess[] {
  switch (injection) {
    case 'kill-worker':
      return [world.worker];
    case 'kill-edge':
      return [world.edge];
    case 'kill-worker-and-edge':
      return [world.worker, world.edge];
    case 'kill-gateway':
      return [world.gateway];
  }
}
