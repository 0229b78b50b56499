import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Device, GatewayUnreachableError, ProblemError, TrustError, WrongFolderKeyError } from '@causeway/client';
import { CausewayError } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Invocation } from '../command.js';
import { readPassphrase } from './passphrase.js';

export const DEVICE_OPTIONS = { device: 'text' } as const;

/** Where this person's device keeps everything; one device for one user of this computer unless told otherwise. */
export const deviceFolder = (invocation: Invocation): string =>
  resolve(invocation.option('device') ?? join(homedir(), '.causeway-device'));

/**
 * Opens the device of this invocation, fetches what waits for it, and closes it after `work`. With `socket` it stays
 * connected meanwhile.
 */
export function withDevice(
  invocation: Invocation,
  work: (device: Device) => Promise<void>,
  delivery: 'poll' | 'socket' = 'poll',
): Promise<void> {
  return inSentences(async () => {
    const folder = deviceFolder(invocation);
    const device = await Device.open({ folder, passphrase: await readPassphrase(invocation.env), delivery });
    const granted = new Set<string>();
    device.on('granted', ({ peer }) => granted.add(peer));
    try {
      if (delivery === 'poll') await device.poll();
      await work(device);
      await sendWhatWaitedFor(device, granted);
    } finally {
      await device.close();
    }
  });
}

const GOES_ON_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** A grant that came meanwhile sets free what waited for it; closing earlier would leave that for the next command. */
async function sendWhatWaitedFor(device: Device, granted: ReadonlySet<string>): Promise<void> {
  const isHeldUp = async (): Promise<boolean> =>
    (await device.messages()).some(
      ({ to, state }) => granted.has(to) && state?.kind === 'waiting-on-sender' && state.reason === 'consent',
    );
  const endMs = Date.now() + GOES_ON_WITHIN_MS;
  while (granted.size > 0 && Date.now() < endMs && (await isHeldUp())) await setTimeout(LOOK_EVERY_MS);
}

/** What a person can do something about is told in a sentence; anything else is a bug. */
export async function inSentences(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const sentence = sentenceFor(error);
    throw sentence ? new StartupProblem(...sentence, { cause: error }) : error;
  }
}

function sentenceFor(error: unknown): readonly [string, string] | undefined {
  if (error instanceof GatewayUnreachableError)
    return ['The gateway does not answer.', 'Is it running, and is the address right?'];
  if (error instanceof ProblemError)
    return [`The gateway refused: ${error.message} (${error.code}).`, WHAT_TO_DO[error.code] ?? ''];
  if (error instanceof TrustError)
    return [`Not done, because ${error.message} (${error.about}).`, 'Nothing was encrypted to it.'];
  if (error instanceof WrongFolderKeyError) return ['The passphrase does not open this device folder.', 'Try again.'];
  if (error instanceof CausewayError)
    return [`${error.message}.`, 'Addresses look like mimi://causeway.local/u/ada or tel:+14155550123.'];
  // The SDK's own sentences for a folder without a device, a message it never sent, and the like.
  if (error instanceof Error && error.constructor === Error) return [`${sentenceCase(error.message)}.`, ''];
  return undefined;
}

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  'handle-taken': 'Choose another handle.',
  'invite-required': 'Ask the operator for an invite and pass it with --invite.',
};

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
