import type { Link } from '@causeway/client';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const FINDABLE = ['nobody', 'contacts', 'everyone'] as const;
const own = { group: 'device', options: DEVICE_OPTIONS } as const;

const describeLink = ({ kind, address, country, findable, state, because, expiresAt }: Link): string => {
  const what =
    kind === 'account' ? (address ?? '') : `a number in ${country ?? 'some country'}, findable by ${findable}`;
  const until = state === 'active' ? `until ${expiresAt.slice(0, 10)}` : `${state}${because ? `: ${because}` : ''}`;
  return `${what}, ${until}`;
};

/** Numbers and accounts of the same person, and who may find them. */
export const LINK_COMMANDS: readonly Command[] = [
  {
    ...own,
    name: 'links',
    usage: '',
    summary: 'numbers and accounts linked with yours',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const terminal = new Terminal();
        const links = await device.links.list();
        for (const link of links) terminal.row(link.link, describeLink(link));
        if (links.length === 0) terminal.line('Nothing is linked.');
      }),
  },
  {
    ...own,
    name: 'link number',
    usage: '<number>',
    summary: 'have a code texted to a number of yours',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [number = ''] = invocation.arguments;
        const { challenge } = await device.links.linkNumber(number);
        new Terminal().row('with the code', `causeway link prove ${challenge} <code>`);
      }),
  },
  {
    ...own,
    name: 'link prove',
    usage: '<challenge> <code>',
    summary: 'link the number with the code that came',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [challenge = '', code = ''] = invocation.arguments;
        await device.links.prove({ challenge }, code);
        new Terminal().line('Linked, and nobody can find you by it yet: causeway link findable');
      }),
  },
  {
    ...own,
    name: 'link findable',
    usage: '<link id> <nobody|contacts|everyone>',
    summary: 'who may find you by a linked number',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [id = '', typed = ''] = invocation.arguments;
        const by = FINDABLE.find((one) => one === typed);
        if (!by) throw new StartupProblem('That is not one of nobody, contacts and everyone.', 'See causeway help.');
        const link = (await device.links.list()).find((one) => one.link === id);
        if (!link) throw new Error('there is no such link');
        await device.links.setFindable(link, by);
        new Terminal().line(`Findable by ${by}.`);
      }),
  },
  {
    ...own,
    name: 'link offer',
    usage: '<address>',
    summary: 'offer this account to another one of yours, whose people may then be led here',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [address = ''] = invocation.arguments;
        new Terminal().row('on its device', `causeway link accept ${await device.links.offerAccount(address)}`);
      }),
  },
  {
    ...own,
    name: 'link accept',
    usage: '<offer>',
    summary: 'link the account of yours whose device made this offer; who may write to this one can be led there',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [offer = ''] = invocation.arguments;
        new Terminal().row('linked with', await device.links.acceptAccount(offer));
      }),
  },
  {
    ...own,
    name: 'link revoke',
    usage: '<link id>',
    summary: 'take back a link, at once',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [id = ''] = invocation.arguments;
        const link = (await device.links.list()).find((one) => one.link === id);
        if (!link) throw new Error('there is no such link');
        await device.links.revoke(link);
        new Terminal().line('Taken back; nothing of it is kept.');
      }),
  },
  {
    ...own,
    name: 'cross-network',
    usage: '<on|off>',
    summary: 'whether people of the other native networks here may write to you',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [typed = ''] = invocation.arguments;
        if (typed !== 'on' && typed !== 'off') throw new StartupProblem('That is neither on nor off.', '');
        await device.links.setCrossNetwork(typed === 'on');
        new Terminal().line(`Conversations with the other native networks are ${typed}.`);
      }),
  },
];
