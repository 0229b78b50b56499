import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';

const targetsSchema = z.array(z.object({ webSocketDebuggerUrl: z.string() }));
const answerSchema = z.object({ id: z.number() });
const TRIES = 50;
const TRY_MS = 100;

/**
 * Makes a Node process collect its garbage, so that what it keeps can be told from what it has not cleared yet. SIGUSR1 opens its inspector
 * on the port it was started with (`NODE_OPTIONS=--inspect-port=...`).
 */
export async function collectGarbage(pid: number, port: number): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await debuggerUrl(port));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  for (const id of [1, 2]) {
    const answered = new Promise<void>((resolve) => {
      socket.on('message', (raw: Buffer) => {
        if (answerSchema.safeParse(JSON.parse(raw.toString('utf8'))).data?.id === id) resolve();
      });
    });
    socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await answered;
  }
  socket.terminate();
}

async function debuggerUrl(port: number): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await fetch(`http://127.0.0.1:${port}/json`).catch(() => undefined);
    const [target] = found?.ok ? targetsSchema.parse(await found.json()) : [];
    if (target) return target.webSocketDebuggerUrl;
    await pause(TRY_MS);
  }
  throw new Error('the inspector of the process did not answer');
}
