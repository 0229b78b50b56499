/** What deleting for everyone comes to at one place. */
export type DeletionOutcome = 'removed' | 'hidden' | 'cannot-be-recalled';

/** One place that has, or will have, a copy of a message, and what deleting it for everyone does there. */
export interface DeletionTruth {
  readonly place:
    'this device' | 'your other devices' | 'our servers' | 'their devices' | 'the carriers' | 'their phone';
  readonly network: string;
  readonly outcome: DeletionOutcome;
  /** A sentence for the person who is about to decide. */
  readonly why: string;
}

const HERE: readonly DeletionTruth[] = [
  {
    place: 'this device',
    network: 'native',
    outcome: 'removed',
    why: 'It is overwritten in the files of this device.',
  },
  { place: 'your other devices', network: 'native', outcome: 'removed', why: 'They remove it when they hear of it.' },
];
const WHERE_DEVICES_OBEY: readonly DeletionTruth[] = [
  {
    place: 'our servers',
    network: 'native',
    outcome: 'removed',
    why: 'What was delivered is gone already; what was not goes with its deadline, unread.',
  },
  {
    place: 'their devices',
    network: 'native',
    outcome: 'removed',
    why: 'Their devices remove it when they hear of it. What was photographed stays.',
  },
];

/** Where a network has no deletion at all, or keeps a trace of it. */
const ON_CLEAR_NETWORKS: Readonly<Record<string, readonly DeletionTruth[]>> = {
  sms: [
    {
      place: 'the carriers',
      network: 'sms',
      outcome: 'cannot-be-recalled',
      why: 'SMS has no way to take a message back.',
    },
    { place: 'their phone', network: 'sms', outcome: 'cannot-be-recalled', why: 'It stays on their phone.' },
  ],
  rcs: [
    {
      place: 'the carriers',
      network: 'rcs',
      outcome: 'cannot-be-recalled',
      why: 'The RCS provider took it; only what no phone has yet could be revoked.',
    },
    { place: 'their phone', network: 'rcs', outcome: 'cannot-be-recalled', why: 'It stays on their phone.' },
  ],
};
const SERVERS_FORGOT: DeletionTruth = {
  place: 'our servers',
  network: 'clear',
  outcome: 'removed',
  why: 'The sealed words left our servers when the network took them.',
};

/**
 * What deleting a message for everyone comes to, place by place, known before it is done. `networks`: the clear networks it went over or may
 * go over; none for a native message. `isStillHere`: no network was given it yet, so calling it back removes it everywhere.
 */
export function deletionTruth(message: {
  readonly networks: readonly string[];
  readonly isStillHere: boolean;
}): readonly DeletionTruth[] {
  if (message.isStillHere) return HERE;
  if (message.networks.length === 0) return [...HERE, ...WHERE_DEVICES_OBEY];
  return [
    ...HERE,
    SERVERS_FORGOT,
    ...message.networks.flatMap((network) => ON_CLEAR_NETWORKS[network] ?? unknownNetwork(network)),
  ];
}

const unknownNetwork = (network: string): readonly DeletionTruth[] => [
  {
    place: 'their phone',
    network,
    outcome: 'cannot-be-recalled',
    why: 'This network is not known to delete anything.',
  },
];
