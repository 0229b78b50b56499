import type { Device } from '@causeway/client';
import { printable, type Terminal } from '../terminal.js';

/** Tells what happened that is no message: what expired, keys that changed, conversations that take another way. */
export function showNotices(device: Device, terminal: Terminal): void {
  device.on('state', ({ messageId, state }) => {
    if (state.kind === 'expired') terminal.line(`A message expired before it could go: causeway status ${messageId}`);
  });
  device.on('key-change', ({ address }) =>
    terminal.line(
      `${printable(address)} shows another account key; what you write waits: causeway review ${printable(address)}`,
    ),
  );
  device.on('key-change-held', ({ from }) =>
    terminal.line(
      `${printable(from)} was shown another account key of yours, and what they write waits. Compare: causeway safety-number ${printable(from)}`,
    ),
  );
  device.on('route-switched', ({ from, isOwn, network, confidentiality }) => {
    const whose = isOwn ? 'What you write' : `What ${printable(from)} writes`;
    const privacy = confidentiality === 'sealed' ? 'end-to-end encrypted' : 'readable by carriers';
    terminal.line(`${whose} in one conversation now goes over ${printable(network)}, ${privacy}.`);
  });
  device.on('request-withdrawn', ({ from }) => terminal.line(`${printable(from)} took their request back.`));
}
