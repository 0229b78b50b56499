import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const OUTCOMES = { taken: 'taken', next: 'open', closed: 'closed', waits: 'waits' } as const;

export const explain: Command = {
  name: 'explain',
  usage: '<address>',
  summary: 'which way a message would take, and why not another',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const terminal = new Terminal();
      const { ways } = await device.routing.explain(invocation.arguments[0] ?? '');
      for (const { network, confidentiality, outcome, why, address } of ways) {
        const privacy = confidentiality === 'sealed' ? 'end-to-end encrypted' : 'readable by carriers';
        terminal.row(address ?? network, [`${OUTCOMES[outcome]}, ${privacy}`, ...(why ? [why] : [])].join(': '));
      }
    }),
};
