import { isJourney, type Journey } from './load/live-orders.js';
import type { Backend } from './site/backend.js';

/** What of the benchmark is run, and how long. The defaults end within about twelve minutes on two quiet cores. */
export interface BenchOptions {
  readonly only: readonly string[];
  readonly backends: readonly Backend[];
  /** Native messages per second, gateway alone. */
  readonly rates: readonly number[];
  /** Length of each measured load, seconds. */
  readonly seconds: number;
  /** What counts as the full load where a scenario asks for half of it, messages per second. */
  readonly load: number;
  /** Length of the run in which memory may not grow. */
  readonly minutes: number;
  readonly conversations: number;
  /** Conversations whose four devices are real ones. */
  readonly liveConversations: number;
  readonly liveRates: readonly number[];
  readonly smsRates: readonly number[];
  /** Journeys of real devices that are run. */
  readonly journeys: readonly Journey[];
  readonly backlogs: readonly number[];
  readonly accounts: readonly number[];
  readonly sockets: readonly number[];
  /** Of hours that are purged, in rising order. */
  readonly envelopes: readonly number[];
  /** Also writes tables and plots into docs/performance.md. */
  readonly isWritingDocs: boolean;
}

const DEFAULTS = {
  only: '',
  backends: 'postgres,redis',
  rates: '300,1000,2000',
  seconds: '6',
  load: '1000',
  minutes: '1',
  conversations: '500',
  'live-conversations': '50',
  'live-rates': '50,100,200,300,400',
  'sms-rates': '25,50,100,150',
  journeys: 'native,native-sms,sms-native',
  backlogs: '1000,10000,100000',
  accounts: '1000,10000,100000',
  sockets: '1000,5000',
  envelopes: '1000,1000000',
} as const;

type Name = keyof typeof DEFAULTS;
const isName = (name: string): name is Name => Object.hasOwn(DEFAULTS, name);
const isBackend = (name: string): name is Backend => name === 'postgres' || name === 'redis';

/** Reads `--name=value` and `--write-docs`; throws on anything else, since a mistyped option would measure something else. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const given = new Map<Name, string>();
  for (const arg of args.filter((one) => one !== '--write-docs')) {
    const [, name = '', value = ''] = /^--([a-z-]+)=(.+)$/.exec(arg) ?? [];
    if (!isName(name)) throw new Error(`${arg} is no option; there are --write-docs and ${optionList()}`);
    given.set(name, value);
  }
  const words = (name: Name): readonly string[] => (given.get(name) ?? DEFAULTS[name]).split(',').filter(Boolean);
  const numbers = (name: Name): readonly number[] => words(name).map((word) => positive(name, word));
  const number = (name: Name): number => positive(name, given.get(name) ?? DEFAULTS[name]);
  return {
    only: words('only'),
    backends: words('backends').map((word) => {
      if (!isBackend(word)) throw new Error(`${word} is no backend`);
      return word;
    }),
    rates: numbers('rates'),
    seconds: number('seconds'),
    load: number('load'),
    minutes: number('minutes'),
    conversations: number('conversations'),
    liveConversations: number('live-conversations'),
    liveRates: numbers('live-rates'),
    smsRates: numbers('sms-rates'),
    journeys: words('journeys').map((word) => {
      if (!isJourney(word)) throw new Error(`${word} is no journey`);
      return word;
    }),
    backlogs: numbers('backlogs'),
    accounts: numbers('accounts'),
    sockets: numbers('sockets'),
    envelopes: numbers('envelopes'),
    isWritingDocs: args.includes('--write-docs'),
  };
}

function positive(name: string, word: string): number {
  const value = Number(word);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name}: ${word} is no number above 0`);
}

const optionList = (): string =>
  Object.entries(DEFAULTS)
    .map(([name, value]) => `--${name}=${value}`)
    .join(' ');
