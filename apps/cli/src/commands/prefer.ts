import { StartupProblem } from '@causeway/platform';
import type { RouteRules } from '@causeway/client';
import type { Command, Invocation } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';
import { clearNetworks } from './networks.js';

const list = (text: string | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : text.split(',').filter((name) => name !== '');

/** What was typed, as rules; what was not typed stays as it is. */
function rulesOf(invocation: Invocation): RouteRules {
  const [order, without, notOver, floor] = ['order', 'without', 'not-over', 'floor'].map((name) =>
    invocation.option(name),
  );
  if (floor !== undefined && floor !== 'sealed' && floor !== 'none')
    throw new StartupProblem('A floor is sealed or none.', 'Sealed: only end-to-end encrypted ways.');
  return {
    ...(order === undefined ? {} : { order: order === 'default' ? null : [...(list(order) ?? [])] }),
    ...(without === undefined ? {} : { removed: [...(list(without) ?? [])] }),
    ...(notOver === undefined ? {} : { notOver: notOver === 'none' ? [] : [...clearNetworks(notOver)] }),
    ...(floor === undefined ? {} : { floor: floor === 'sealed' ? floor : null }),
  };
}

export const prefer: Command = {
  name: 'prefer',
  usage: '[--towards <address>] [--order <native,sms>] [--not-over <sms>] [--without <sms>] [--floor <sealed>]',
  summary: 'how you want to be reached, what may carry your words; alone it shows what holds',
  group: 'device',
  options: {
    ...DEVICE_OPTIONS,
    towards: 'text',
    order: 'text',
    without: 'text',
    'not-over': 'text',
    floor: 'text',
  },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const rules = rulesOf(invocation);
      if (Object.keys(rules).length > 0) await device.routing.set(rules, invocation.option('towards'));
      const terminal = new Terminal();
      const { peers, ...everybody } = await device.routing.rules();
      for (const rule of [{ peer: 'everybody', ...everybody }, ...peers]) {
        terminal.row('towards', rule.peer);
        terminal.row('reached in order', rule.order?.join(', ') ?? 'strongest encryption first');
        if (rule.notOver.length > 0) terminal.row('never over', rule.notOver.join(', '));
        if (rule.removed.length > 0) terminal.row('not sent by', rule.removed.join(', '));
        if (rule.floor) terminal.row('only', 'end-to-end encrypted ways');
      }
    }),
};
