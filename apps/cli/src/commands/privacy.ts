import type { Device, PrivacySwitches } from '@causeway/client';
import { ACCOUNT_SETTINGS, CONVERSATION_SETTINGS } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Command, Invocation } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const privacy: Command = {
  name: 'privacy',
  usage: '[--typing off|sealed|everywhere] [--read-reports off|sealed|everywhere] [--with <address>]',
  summary: 'who learns that you write or have read, both ways; with one address: off, on or default',
  group: 'device',
  options: { ...DEVICE_OPTIONS, typing: 'text', 'read-reports': 'text', with: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const address = invocation.option('with');
      const switches =
        address === undefined ? await ofAccount(device, invocation) : await of(device, address, invocation);
      const { typing, readReports } = address === undefined ? switches.account : switches.conversation;
      const terminal = new Terminal();
      terminal.row('typing', typing);
      terminal.row('read reports', readReports);
    }),
};

async function ofAccount(device: Device, invocation: Invocation): Promise<PrivacySwitches> {
  const change = changeOf(invocation, ACCOUNT_SETTINGS);
  return Object.keys(change).length > 0 ? device.privacy.set(change) : device.privacy.read();
}

async function of(device: Device, address: string, invocation: Invocation): Promise<PrivacySwitches> {
  const change = changeOf(invocation, CONVERSATION_SETTINGS);
  return Object.keys(change).length > 0 ? device.privacy.setFor(address, change) : device.privacy.read(address);
}

function changeOf<Setting extends string>(invocation: Invocation, settings: readonly Setting[]) {
  const [typing, readReports] = ['typing', 'read-reports'].map((name) => {
    const asked = invocation.option(name);
    const setting = settings.find((one) => one === asked);
    if (asked === undefined || setting !== undefined) return setting;
    throw new StartupProblem(`--${name} cannot be ${asked}.`, `It is one of ${settings.join(', ')}.`);
  });
  return { ...(typing === undefined ? {} : { typing }), ...(readReports === undefined ? {} : { readReports }) };
}
