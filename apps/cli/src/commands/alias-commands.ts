import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const KINDS = ['contact', 'listing', 'public'] as const;
const DAY_SECONDS = 86_400;
const own = { group: 'device', options: DEVICE_OPTIONS } as const;

/** Addresses to hand out, and the telephones that are known. */
export const ALIAS_COMMANDS: readonly Command[] = [
  {
    ...own,
    name: 'alias new',
    usage: '<contact|listing|public> [--days <number>]',
    summary: 'an address to hand out to telephones in place of yours',
    options: { ...DEVICE_OPTIONS, days: 'text' },
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const kind = KINDS.find((one) => one === invocation.arguments[0]);
        if (!kind) throw new StartupProblem('That is not one of contact, listing and public.', 'See causeway help.');
        const days = invocation.option('days');
        const made = await device.aliases.make({
          kind,
          ...(days === undefined ? {} : { expiresInSeconds: Math.round(Number(days) * DAY_SECONDS) }),
        });
        const terminal = new Terminal();
        terminal.row('hand out', `text ${made.code} to ${made.textTo[0] ?? '(no bridge number is set up)'}`);
        terminal.row('to take it back', `causeway alias revoke ${made.alias}`);
      }),
  },
  {
    ...own,
    name: 'aliases',
    usage: '',
    summary: 'aliases in use',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const terminal = new Terminal();
        const aliases = await device.aliases.list();
        for (const { alias, code, kind, expiresAt, conversations } of aliases) {
          const end = expiresAt === undefined ? '' : `, until ${expiresAt.slice(0, 10)}`;
          terminal.row(alias, `${code}, ${kind}${end}, conversations: ${conversations.length}`);
        }
        if (aliases.length === 0) terminal.line('There is none.');
      }),
  },
  {
    ...own,
    name: 'alias revoke',
    usage: '<alias id>',
    summary: 'shut its door at once; its conversations end',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const [id = ''] = invocation.arguments;
        const alias = (await device.aliases.list()).find((one) => one.alias === id);
        if (!alias) throw new Error('there is no such alias');
        await device.aliases.revoke(alias);
        new Terminal().line('Revoked. Nothing is kept that joins the two sides.');
      }),
  },
  {
    ...own,
    name: 'contact find',
    usage: '<number>',
    summary: 'whether a number reaches somebody end-to-end encrypted',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        const { address, native } = await device.contacts.find(invocation.arguments[0] ?? '');
        new Terminal().row(address, native ?? 'by SMS, which a carrier can read');
      }),
  },
  {
    ...own,
    name: 'contact remove',
    usage: '<address>',
    summary: 'forget a telephone, here and at the gateway',
    run: (invocation) =>
      withDevice(invocation, async (device) => {
        await device.contacts.remove(invocation.arguments[0] ?? '');
        new Terminal().line('Forgotten.');
      }),
  },
];
