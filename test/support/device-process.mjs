// One polling device in a process of its own, to be killed without a word. Says on standard output what it shows.
import { Device } from '../../dist/libs/client/src/index.js';

const { DEVICE_FOLDER = '', DEVICE_PASSPHRASE = '', DEVICE_LISTENS = '' } = process.env;
const device = await Device.open({ folder: DEVICE_FOLDER, passphrase: DEVICE_PASSPHRASE, delivery: 'poll' });
if (DEVICE_LISTENS === 'yes') device.on('message', (message) => process.stdout.write(`shown ${message.text}\n`));
process.send?.('ready');
for (;;) {
  await device.poll().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
