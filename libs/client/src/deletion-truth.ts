/**
 * What deleting for everyone comes to at one place. `removed`: overwritten or gone. `hidden`: still there, sealed, and nobody opens it.
 * `stays`: nothing changes there. `cannot-be-recalled`: others have it, and their network knows no deletion.
 */
export type DeletionOutcome = 'removed' | 'hidden' | 'stays' | 'cannot-be-recalled';

/** One place that has, or will have, a copy of a message, and what deleting it for everyone does there. */
export interface DeletionTruth {
  readonly place:
    'this device' | 'your other devices' | 'our servers' | 'their devices' | 'the carriers' | 'their phone';
  readonly network: string;
  readonly outcome: DeletionOutcome;
  /** A sentence for the person who is about to decide. */
  readonly why: string;
}

const ON_NATIVE: readonly DeletionTruth[] = [
  {
    place: 'this device',
    network: 'native',
    outcome: 'removed',
    why: 'It is overwritten in the files of this device.',
  },
  { place: 'your other devices', network: 'native', outcome: 'removed', why: 'They remove it when they hear of it.' },
  {
    place: 'their devices',
    network: 'native',
    outcome: 'removed',
    why: 'Their devices remove it when they hear of it. What was photographed stays.',
  },
];

const ON_OUR_SERVERS = {
  delivered: {
    place: 'our servers',
    network: 'native',
    outcome: 'removed',
    why: 'Its sealed copies went when their devices had stored them.',
  },
  undelivered: {
    place: 'our servers',
    network: 'native',
    outcome: 'hidden',
    why: 'Sealed copies wait for devices that are away, until its deadline at most; the deletion is right behind.',
  },
} as const satisfies Record<string, DeletionTruth>;

/** A deletion is refused there, so nothing changes here either. */
const HERE_OF_CLEAR = (['this device', 'your other devices'] as const).map((place): DeletionTruth => {
  return { place, network: 'clear', outcome: 'stays', why: 'Its network takes no deletion, so none is sent.' };
});

const ON_CLEAR_NETWORKS: Readonly<Record<string, { readonly carriers: string; readonly phone: string }>> = {
  sms: { carriers: 'SMS has no way to take a message back.', phone: 'It stays on their phone.' },
  rcs: { carriers: 'The RCS provider took it.', phone: 'It stays on their phone.' },
};
const ON_UNKNOWN = {
  carriers: 'This network is not known to delete anything.',
  phone: 'It is not known to leave their phone.',
};

/**
 * What deleting a message for everyone comes to, place by place, known before it is done. `networks`: the clear networks it went over or may
 * go over; none for a native message. `isDelivered`: every device it was for has it.
 */
export function deletionTruth(message: {
  readonly networks: readonly string[];
  readonly isDelivered: boolean;
}): readonly DeletionTruth[] {
  if (message.networks.length === 0)
    return [...ON_NATIVE, ON_OUR_SERVERS[message.isDelivered ? 'delivered' : 'undelivered']];
  return [...HERE_OF_CLEAR, ...message.networks.flatMap(onClearNetwork)];
}

function onClearNetwork(network: string): readonly DeletionTruth[] {
  const { carriers, phone } = ON_CLEAR_NETWORKS[network] ?? ON_UNKNOWN;
  const outcome = 'cannot-be-recalled';
  return [
    { place: 'the carriers', network, outcome, why: carriers },
    { place: 'their phone', network, outcome, why: phone },
  ];
}
