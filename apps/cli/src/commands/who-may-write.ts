import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const POLICIES = {
  ask: 'People ask you first.',
  contacts: 'People whose number you have, and who let you find them by it, may write. Others ask you first.',
  anyone: 'Anyone may write, but for those you refused or blocked.',
} as const;

const isPolicy = (text: string): text is keyof typeof POLICIES => Object.hasOwn(POLICIES, text);

export const whoMayWrite: Command = {
  name: 'who-may-write',
  usage: '<ask|contacts|anyone>',
  summary: 'whom you let write to you without asking',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [policy = ''] = invocation.arguments;
      if (!isPolicy(policy))
        throw new StartupProblem('That is not one of ask, contacts and anyone.', 'See causeway help.');
      await device.setConsentPolicy(policy);
      new Terminal().line(POLICIES[policy]);
    }),
};
