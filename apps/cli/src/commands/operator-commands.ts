import { reviewedDecisionSchema, reviewQueueSchema, spendingSchema, vouchersSchema } from '@causeway/api-contract';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { askAsOperator, OPERATOR_OPTIONS } from '../operator/operator-door.js';
import { printable, Terminal } from '../terminal.js';

const GROUP = 'gateway' as const;

const decisions: Command = {
  name: 'operator decisions',
  usage: '[--gateway <url>]',
  summary: 'what the spam guard decided and a person has to look at: numbers, never whom somebody wrote to',
  group: GROUP,
  options: OPERATOR_OPTIONS,
  run: async (invocation) => {
    const call = { method: 'GET', path: '/v1/operator/abuse/decisions', answer: reviewQueueSchema } as const;
    const { decisions: waiting } = await askAsOperator(invocation, call);
    const terminal = new Terminal();
    for (const { id, account, level, state, sentence, grounds, until } of waiting) {
      terminal.row('decision', printable(id));
      terminal.row('about', printable(account));
      terminal.row(`level ${String(level)}`, grounds === null ? state : `${state}: ${grounds}`);
      terminal.row('it says', printable(sentence));
      terminal.row('until', printable(until));
    }
    if (waiting.length === 0) terminal.line('None: nobody waits for you.');
  },
};

/** A verdict on one decision, as a command. */
const verdict = (name: string, given: 'approved' | 'lifted' | 'upheld', summary: string): Command => ({
  name: `operator ${name}`,
  usage: '<decision> [--gateway <url>]',
  summary,
  group: GROUP,
  options: OPERATOR_OPTIONS,
  run: async (invocation) => {
    const [id = ''] = invocation.arguments;
    const { state } = await askAsOperator(invocation, {
      method: 'POST',
      path: `/v1/operator/abuse/decisions/${encodeURIComponent(id)}`,
      body: { verdict: given },
      answer: reviewedDecisionSchema,
    });
    new Terminal().row('decision', state);
  },
});

const vouchers: Command = {
  name: 'operator vouchers',
  usage: '[--count <number>] [--gateway <url>]',
  summary: 'vouchers for people you know to be people: each lets go what one decision holds',
  group: GROUP,
  options: { ...OPERATOR_OPTIONS, count: 'text' },
  run: async (invocation) => {
    const count = Number(invocation.option('count') ?? 1);
    if (!Number.isInteger(count) || count < 1 || count > 100)
      throw new StartupProblem('That is no count of vouchers.', 'It takes a number from 1 to 100.');
    const made = await askAsOperator(invocation, {
      method: 'POST',
      path: '/v1/operator/vouchers',
      body: { count },
      answer: vouchersSchema,
    });
    const terminal = new Terminal();
    for (const each of made.vouchers) terminal.line(printable(each));
    terminal.row('until', printable(made.expiresAt));
  },
};

const spending: Command = {
  name: 'operator spending',
  usage: '[--gateway <url>]',
  summary: 'messages to telephones today and yesterday, by country, and how many there may be',
  group: GROUP,
  options: OPERATOR_OPTIONS,
  run: async (invocation) => {
    const call = { method: 'GET', path: '/v1/operator/spending', answer: spendingSchema } as const;
    const { days } = await askAsOperator(invocation, call);
    const terminal = new Terminal();
    for (const { day, country, messages, quota } of days)
      terminal.row(`${day} ${country === '*' ? 'all' : printable(country)}`, `${String(messages)} of ${String(quota)}`);
    if (days.length === 0) terminal.line('None: no message went to a telephone.');
  },
};

/** What an operator does about the spam guard. */
export const OPERATOR_COMMANDS: readonly Command[] = [
  decisions,
  verdict('approve', 'approved', 'let go what a decision of level 2 holds, for a day'),
  verdict('lift', 'lifted', 'end a decision; nothing up to its level stops that account for a week'),
  verdict('uphold', 'upheld', 'leave a decision as it is'),
  vouchers,
  spending,
];
