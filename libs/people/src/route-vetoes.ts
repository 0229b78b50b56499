import type { Preferences } from '@causeway/storage';

/** One way to reach a person. */
export interface Candidate {
  /** Unique among the candidates of a plan: the network of a clear leg, the address of a native one. */
  readonly key: string;
  readonly network: string;
  readonly confidentiality: 'sealed' | 'clear';
  /** Countries outside of the permitted ones that it passes. */
  readonly leavesRegion: readonly string[];
  /** Of a native way: the host of its network, by which an order may name it. */
  readonly host?: string | undefined;
  /** Ends that take no part in conversations between native networks, which this way would be one of. */
  readonly offFor?: readonly ('sender' | 'recipient')[];
}

/** What one of the two ends has decided, for everybody and for the other end. */
export type PartyRules = Preferences;

/** Who objects to a way, and with what. */
export interface RouteFacts {
  readonly isGranted: boolean;
  readonly sender: PartyRules;
  /** Undefined of a person without an account here: they speak by STOP alone. */
  readonly recipient: PartyRules | undefined;
  /** The least confidentiality of this one message. */
  readonly floor: 'sealed' | 'clear';
  /** Whether a way that leaves the permitted countries is refused, rather than said. */
  readonly isRefusedOutside: boolean;
}

/** Words for the sender about a way that is closed. Of the other end's rules they say that there is one, and no more than that. */
export const VETO_WORDS = {
  consent: { by: 'them', why: 'waits for their consent' },
  'switched-off': { by: 'you', why: 'this network is off for your account' },
  'not-over': { by: 'you', why: 'your words are not to be carried over this network' },
  removed: { by: 'you', why: 'you took this way out' },
  floor: { by: 'you', why: 'only end-to-end encrypted ways are wanted here' },
  'their-switch': { by: 'them', why: 'their choice' },
  'their-not-over': { by: 'them', why: 'their choice: not over this network' },
  'their-floor': { by: 'them', why: 'their choice: end-to-end encrypted ways only' },
  region: { by: 'gateway', why: 'it leaves the permitted countries' },
} as const satisfies Record<string, { readonly by: 'you' | 'them' | 'gateway'; readonly why: string }>;
export type VetoName = keyof typeof VETO_WORDS;

export interface Veto {
  readonly name: VetoName;
  readonly objects: (candidate: Candidate, facts: RouteFacts) => boolean;
}

const isClear = ({ confidentiality }: Candidate): boolean => confidentiality === 'clear';
const isOn = ({ networksOn }: PartyRules, { network }: Candidate): boolean => networksOn.includes(network);
const isNotOver = ({ notOver }: PartyRules, { network }: Candidate): boolean => notOver.includes(network);
const isSealedOnly = ({ floor }: PartyRules): boolean => floor === 'sealed';

/**
 * Every reason for which a way is closed; one that objects is enough. Interoperability with a clear network, and between native ones, is off
 * until a person turns it on, for both ends that have an account. A block is not among them: it acts at delivery, and no plan may show it.
 */
export const VETOES: readonly Veto[] = [
  { name: 'consent', objects: (_, { isGranted }) => !isGranted },
  {
    name: 'switched-off',
    objects: (way, { sender }) => (isClear(way) && !isOn(sender, way)) || way.offFor?.includes('sender') === true,
  },
  { name: 'not-over', objects: (way, { sender }) => isNotOver(sender, way) },
  { name: 'removed', objects: (way, { sender }) => sender.removed.includes(way.key) },
  { name: 'floor', objects: (way, facts) => isClear(way) && (facts.floor === 'sealed' || isSealedOnly(facts.sender)) },
  {
    name: 'their-switch',
    objects: (way, { recipient }) =>
      recipient !== undefined &&
      ((isClear(way) && !isOn(recipient, way)) || way.offFor?.includes('recipient') === true),
  },
  { name: 'their-not-over', objects: (way, { recipient }) => recipient !== undefined && isNotOver(recipient, way) },
  {
    name: 'their-floor',
    objects: (way, { recipient }) => recipient !== undefined && isClear(way) && isSealedOnly(recipient),
  },
  {
    name: 'region',
    objects: ({ leavesRegion }, { isRefusedOutside }) => isRefusedOutside && leavesRegion.length > 0,
  },
];

/** Names of all that object, in the order of the table. */
export const objectionsTo = (
  candidate: Candidate,
  facts: RouteFacts,
  vetoes: readonly Veto[] = VETOES,
): readonly VetoName[] => vetoes.filter(({ objects }) => objects(candidate, facts)).map(({ name }) => name);
