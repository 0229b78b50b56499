import { clearNetworkField, type ClearNetwork } from '@causeway/api-contract';
import { StartupProblem } from '@causeway/platform';
import type { Device } from '@causeway/client';
import type { Command, Invocation } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

/** The networks named in `sms,rcs`: those two, and what modules of the gateway bring. */
export function clearNetworks(text: string): readonly ClearNetwork[] {
  return text.split(',').map((name) => {
    const network = clearNetworkField.safeParse(name);
    if (network.success) return network.data;
    throw new StartupProblem(
      'This is not a network that can be turned on or off.',
      'There are sms and rcs, and those that the gateway has beside them.',
    );
  });
}

const turn = (isOn: boolean) => (invocation: Invocation) =>
  withDevice(invocation, async (device) => {
    for (const network of clearNetworks(invocation.arguments[0] ?? ''))
      await device.interoperability.set(network, isOn);
    await show(device);
  });

async function show(device: Device): Promise<void> {
  const on = await device.interoperability.list();
  new Terminal().row('networks that are on', on.length > 0 ? on.join(', ') : 'none: only end-to-end encrypted ways');
}

export const networksOn: Command = {
  name: 'networks on',
  usage: '<sms,rcs>',
  summary: 'let this network carry what you permit; off until you do',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: turn(true),
};

export const networksOff: Command = {
  name: 'networks off',
  usage: '<sms,rcs>',
  summary: 'from now on nothing of yours goes over it',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: turn(false),
};

export const networks: Command = {
  name: 'networks',
  usage: '',
  summary: 'which networks are on for you',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) => withDevice(invocation, show),
};
