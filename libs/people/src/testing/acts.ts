import { CONSENT_POLICIES, type ConsentPolicy } from '@causeway/message-model';
import fc from 'fast-check';

/** 0 writes, 1 is written to. */
export type Side = 0 | 1;
export type Clear = 'sms' | 'rcs';
/** Their native address, a number of theirs, or a telephone that came through an alias of the one who writes. */
export type Towards = 'address' | 'number' | 'alias';

/** One thing that happens between two people: a decision, a word, a link, time, a message, a retry. */
export type Act =
  | { readonly kind: 'request' | 'cancel' | 'grant' | 'revoke'; readonly by: Side }
  | { readonly kind: 'switch' | 'not-over'; readonly by: Side; readonly network: Clear; readonly isOn: boolean }
  | { readonly kind: 'floor'; readonly by: Side; readonly isSealed: boolean }
  | { readonly kind: 'order'; readonly order: readonly string[] }
  | { readonly kind: 'remove'; readonly network: Clear; readonly isOn: boolean }
  | { readonly kind: 'link'; readonly isOn: boolean; readonly forSeconds: number }
  | { readonly kind: 'alias' | 'know'; readonly isOn: boolean }
  /** Of the other account of who is written to: its link with the one that grants, its own decision, and what either end says of crossing. */
  | { readonly kind: 'tie'; readonly isOn: boolean; readonly forSeconds: number }
  | { readonly kind: 'other'; readonly operation: 'grant' | 'revoke' }
  | { readonly kind: 'cross'; readonly by: Side; readonly isOn: boolean }
  | { readonly kind: 'policy'; readonly policy: ConsentPolicy }
  | { readonly kind: 'move'; readonly isOutside: boolean }
  | { readonly kind: 'stop' | 'start' }
  | { readonly kind: 'permit'; readonly networks: readonly Clear[]; readonly forSeconds: number }
  | { readonly kind: 'take-back' }
  | { readonly kind: 'advance'; readonly seconds: number }
  | {
      readonly kind: 'send';
      readonly to: Towards;
      readonly floor: 'sealed' | 'clear';
      readonly signs: readonly Clear[];
    }
  | { readonly kind: 'retry' };

/** The native network of the other account. */
export const OTHER_HOST = 'direct.example';

const side = fc.constantFrom<Side>(0, 1);
const clear = fc.constantFrom<Clear>('sms', 'rcs');
const isOn = fc.boolean();
const networks = fc.subarray<Clear>(['sms', 'rcs'], { minLength: 1 });

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('request', 'cancel', 'grant', 'revoke'), by: side }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('switch', 'not-over'), by: side, network: clear, isOn }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('floor'), by: side, isSealed: isOn }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('order'), order: fc.subarray(['sms', OTHER_HOST, 'rcs', 'native']) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), network: clear, isOn }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('link'), isOn, forSeconds: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('alias', 'know'), isOn }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tie'), isOn, forSeconds: fc.integer({ min: 1, max: 90 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('other'), operation: fc.constantFrom('grant', 'revoke') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cross'), by: side, isOn }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('policy'), policy: fc.constantFrom(...CONSENT_POLICIES) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move'), isOutside: isOn }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stop', 'start') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('permit'), networks, forSeconds: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'take-back' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance'), seconds: fc.integer({ min: 1, max: 60 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('send'),
      to: fc.constantFrom('address', 'number', 'alias'),
      floor: fc.constantFrom('clear', 'clear', 'sealed'),
      signs: fc.subarray<Clear>(['sms', 'rcs']),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'retry' }) },
);

/** Everything is open at first, so that a rule that is not kept shows soon. */
const OPENING: readonly Act[] = [
  { kind: 'switch', by: 0, network: 'sms', isOn: true },
  { kind: 'switch', by: 0, network: 'rcs', isOn: true },
  { kind: 'switch', by: 1, network: 'sms', isOn: true },
  { kind: 'switch', by: 1, network: 'rcs', isOn: true },
  { kind: 'request', by: 0 },
  { kind: 'grant', by: 1 },
  { kind: 'link', isOn: true, forSeconds: 60 },
  { kind: 'alias', isOn: true },
  { kind: 'order', order: ['sms', 'rcs'] },
  { kind: 'cross', by: 0, isOn: true },
  { kind: 'cross', by: 1, isOn: true },
  { kind: 'tie', isOn: true, forSeconds: 60 },
  { kind: 'order', order: [OTHER_HOST] },
];

/** Words that wait while the door they came through shuts, and what would let them go: seldom by chance in this order. */
const CLOSING: readonly Act[] = [
  { kind: 'switch', by: 0, network: 'sms', isOn: true },
  { kind: 'alias', isOn: true },
  { kind: 'send', to: 'alias', floor: 'clear', signs: [] },
  { kind: 'alias', isOn: false },
  { kind: 'alias', isOn: true },
  { kind: 'permit', networks: ['sms', 'rcs'], forSeconds: 60 },
  { kind: 'retry' },
];

/** Words that were led and wait, while their recipient leaves the conversations between networks. */
const LEAVING: readonly Act[] = [
  { kind: 'request', by: 0 },
  { kind: 'grant', by: 1 },
  { kind: 'cross', by: 0, isOn: true },
  { kind: 'cross', by: 1, isOn: true },
  { kind: 'tie', isOn: true, forSeconds: 60 },
  { kind: 'order', order: [OTHER_HOST] },
  { kind: 'send', to: 'address', floor: 'sealed', signs: [] },
  { kind: 'revoke', by: 1 },
  { kind: 'send', to: 'address', floor: 'sealed', signs: [] },
  { kind: 'cross', by: 1, isOn: false },
  { kind: 'grant', by: 1 },
  { kind: 'retry' },
];

/** Whoever was refused asks a person who welcomes everybody else. */
const REFUSED: readonly Act[] = [
  { kind: 'policy', policy: 'anyone' },
  { kind: 'revoke', by: 1 },
  { kind: 'request', by: 0 },
  { kind: 'send', to: 'address', floor: 'sealed', signs: [] },
];

const closing = fc.oneof(
  { weight: 6, arbitrary: fc.subarray([...CLOSING]) },
  { weight: 1, arbitrary: fc.constant(LEAVING) },
  { weight: 1, arbitrary: fc.constant(REFUSED) },
);

export const sequences: fc.Arbitrary<readonly Act[]> = fc
  .tuple(fc.subarray([...OPENING]), fc.array(act, { minLength: 3, maxLength: 18 }), closing)
  .map(([opening, acts, end]) => [...opening, ...acts, ...end]);
