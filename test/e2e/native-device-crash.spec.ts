import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Device, type ReceivedMessage } from '@causeway/client';
import { GatewayBetween } from '../support/gateway-between.js';
import { RunningProcess } from '../support/running-process.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const SLOW = 60_000;

let world: World;
let between: GatewayBetween;
beforeAll(async () => {
  world = await World.start();
  between = await GatewayBetween.start(world.gatewayUrl);
}, 90_000);
afterAll(async () => {
  await between?.close();
  await world.close();
}, 30_000);

/** An account of a polling device behind `between`, not running, that `sender` may write to. */
async function sleeper(name: string, sender: Device): Promise<string> {
  const device = await Device.register({
    gateway: between.url,
    handle: world.handle(name),
    folder: world.deviceFolder(name),
    passphrase: PASSPHRASE,
    delivery: 'poll',
  });
  await device.allow(sender.address);
  await device.close();
  return device.address;
}

const processOf = (name: string, listens: 'yes' | 'no') =>
  new RunningProcess('test/support/device-process.mjs', [], {
    DEVICE_FOLDER: world.deviceFolder(name),
    DEVICE_PASSPHRASE: PASSPHRASE,
    DEVICE_LISTENS: listens,
  });

const reopened = async (name: string): Promise<{ device: Device; shown: ReceivedMessage[] }> => {
  const device = await Device.open({ folder: world.deviceFolder(name), passphrase: PASSPHRASE, delivery: 'poll' });
  const shown: ReceivedMessage[] = [];
  device.on('message', (message) => void shown.push(message));
  return { device, shown };
};

const textsOf = (messages: readonly { readonly text: string | undefined }[]) => messages.map(({ text }) => text);

describe('a device that is killed', () => {
  it(
    'after it stored and before it acknowledged shows the message once, when it is started again',
    async () => {
      const ada = await world.register('ada');
      const address = await sleeper('bob', ada);
      const listening = await processOf('bob', 'yes').start();
      const first = await ada.send(address, 'shown');
      await eventually(
        async () =>
          (await ada.status(first.messageId)).state.kind === 'delivered' && listening.output.includes('shown shown'),
        { withinMs: SLOW },
      );
      await listening.stop('SIGKILL');
      const acknowledgement = between.hold('POST', '/v1/inbox/acknowledgements');
      const deaf = await processOf('bob', 'no').start();
      const sent = await ada.send(address, 'kept');
      await acknowledgement.reached;
      await deaf.stop('SIGKILL');
      expect((await ada.status(sent.messageId)).state).toEqual({ kind: 'sent' });
      const { device, shown } = await reopened('bob');
      try {
        await eventually(async () => (await device.poll()) === 0 && shown.length > 0, { withinMs: SLOW });
        expect(textsOf(shown)).toEqual(['kept']);
        expect(textsOf(await device.messages())).toEqual(['shown', 'kept']);
        await eventually(async () => (await ada.status(sent.messageId)).state.kind === 'delivered', { withinMs: SLOW });
      } finally {
        await device.close();
      }
    },
    3 * SLOW,
  );

  it(
    'again and again while messages come loses none, keeps each once and in order',
    async () => {
      const cat = await world.register('cat');
      const address = await sleeper('dan', cat);
      const texts = Array.from({ length: 30 }, (_, number) => `number ${number + 1}`);
      const sending = (async () => {
        for (const text of texts) await cat.send(address, text);
      })();
      let output = '';
      for (const aliveMs of [400, 700, 300, 900]) {
        const process = processOf('dan', 'yes');
        await process.start();
        await pause(aliveMs);
        await process.stop('SIGKILL');
        output += process.output;
      }
      await sending;
      const { device, shown } = await reopened('dan');
      try {
        await eventually(
          async () => {
            await device.poll();
            return (await device.messages()).length === texts.length;
          },
          { withinMs: SLOW },
        );
        expect(textsOf(await device.messages())).toEqual(texts);
        const printed = [...output.matchAll(/^shown (.*)$/gm)].map(([, text]) => text);
        await eventually(() => new Set([...printed, ...textsOf(shown)]).size === texts.length, { withinMs: SLOW });
      } finally {
        await device.close();
      }
    },
    3 * SLOW,
  );
});
