import { planDigest, type ClearNetwork, type Target } from '@causeway/api-contract';
import { CausewayError, POLICIES, type ConversationId } from '@causeway/message-model';
import type { AuthenticatedDevice, ContactSummary, NativeWay, RoutePeople, RouteTarget } from '@causeway/storage';
import { chooseRoute, type Route } from './choose-route.js';
import type { Clock, RoutePolicy } from '@causeway/platform';
import { refuseOtherCell } from './refuse-other-cell.js';
import type { CapabilitiesByNetwork, EdgeDesk, EdgeState, OfferedNetwork } from './edge-desk.js';
import { explainRoute, type ExplainedWay } from './explain-route.js';
import type { Candidate, RouteFacts } from './route-vetoes.js';
import type { TellSwitch } from './tell-switch.js';

/** Longest life of a message on a clear leg, seconds: its leg key dies 26 hours after it was made (PROTOCOL 6). */
export const MAX_CLEAR_LIFETIME_SECONDS = POLICIES['clear-envelope'].maxSeconds;

/** Where the person behind a target can be reached, with the rules of both ends: one look-up for a whole plan. */
export interface CandidateSource {
  people(caller: AuthenticatedDevice, target: RouteTarget, now: Date): Promise<RoutePeople>;
}

export interface RouteRequest {
  readonly to: Target;
  /** The least confidentiality of the message that is planned for; a number is addressed with `clear`. */
  readonly floor?: 'sealed' | 'clear' | undefined;
}

interface Considered {
  readonly people: RoutePeople;
  readonly edge: EdgeState | undefined;
  readonly route: Route;
  readonly conversation: ConversationId | undefined;
}

/**
 * The route a message would take: by consent to the other account's devices, or over clear networks to a contact. Without a grant the
 * answer is the same for everyone: people who exist, refuse, block or never answer cannot be told apart.
 */
export class PlanRoute {
  constructor(
    private readonly source: CandidateSource,
    private readonly edge: EdgeDesk,
    private readonly switches: TellSwitch,
    private readonly clock: Clock,
    private readonly policy?: RoutePolicy,
  ) {}

  async execute(caller: AuthenticatedDevice, request: RouteRequest) {
    const considered = await this.consider(caller, request);
    const { route, people } = considered;
    if (route.kind === 'waiting') {
      refuseOutside(route);
      return waiting(considered);
    }
    await this.remember(caller, considered);
    const native = people.natives.find(({ peerAddress }) => peerAddress === route.first.key);
    if (native) return nativePlan(caller, native);
    if (!people.contact || !considered.edge) throw new Error('a clear way without a contact');
    const leavesRegion = this.policy?.leavesRegion(people.contact.country);
    const capabilities = await this.edge.capabilities(people.contact.country);
    const { contact } = people;
    return clearPlan(caller, { contact, edge: considered.edge, capabilities, ways: route.ways, leavesRegion });
  }

  /** Why: in the form for those without a grant, or in that for those with one. Remembers nothing. */
  async explain(
    caller: AuthenticatedDevice,
    request: RouteRequest,
  ): Promise<{ readonly isGranted: boolean; readonly ways: readonly ExplainedWay[] }> {
    const { route, people } = await this.consider(caller, request);
    const isGranted = isReachable(people);
    return { isGranted, ways: explainRoute(route, isGranted) };
  }

  private async consider(caller: AuthenticatedDevice, { to, floor }: RouteRequest): Promise<Considered> {
    if (to.kind === 'address') refuseOtherCell(caller, to.address.uri, '/to/address');
    const people = await this.source.people(caller, targetOf(to), this.clock.now());
    if (to.kind !== 'address' && !isReachable(people))
      throw new CausewayError('not-found', { pointer: `/to/${to.kind}` });
    const edge = people.contact ? await this.edge.describe() : undefined;
    if (edge && people.natives.length === 0 && edge.networks.length === 0)
      throw new CausewayError('unavailable', { detail: 'No clear network is set up on this gateway' });
    const isForNumber =
      to.kind === 'contact' || (to.kind === 'conversation' && people.contact?.conversation === to.conversation);
    const facts: RouteFacts = {
      isGranted: isReachable(people),
      sender: people.sender,
      recipient: people.recipient,
      floor: floor ?? (isForNumber ? 'clear' : 'sealed'),
      isRefusedOutside: this.policy?.isRefusedOutside === true,
    };
    const { choice } = people;
    const route = chooseRoute({
      candidates: candidatesOf(people, edge?.networks ?? [], this.policy),
      facts,
      current: choice && { key: choice.way, order: choice.order },
    });
    return { people, edge, route, conversation: people.contact?.conversation ?? people.natives[0]?.conversation };
  }

  /** Only where there was a choice: most conversations have one way and never a row. */
  private async remember(caller: AuthenticatedDevice, { route, people, conversation }: Considered): Promise<void> {
    if (route.kind === 'waiting' || !conversation || (route.judged.length === 1 && !people.choice)) return;
    const { choice } = people;
    if (choice?.way === route.first.key && choice.order.join() === route.order.join()) return;
    await this.switches.execute(caller, {
      conversation,
      way: route.first,
      order: route.order,
      before: choice?.way,
      peer: people.natives[0]?.peer,
    });
  }
}

/** Ways of one person, the strongest first; before a grant the native one that everybody may have, so that nothing shows. */
function candidatesOf(
  { natives, contact }: RoutePeople,
  offered: readonly OfferedNetwork[],
  policy: RoutePolicy | undefined,
): readonly Candidate[] {
  const native = (key: string): Candidate => ({ key, network: 'native', confidentiality: 'sealed', leavesRegion: [] });
  // storage is not transit: a message passes the carrier of its telephone, wherever that is
  const leavesRegion = (contact && policy?.leavesRegion(contact.country)) ?? [];
  const sealed = natives.map(({ peerAddress }) => native(peerAddress));
  const clear = (contact ? offered : []).map(({ network }): Candidate => {
    return { key: network, network, confidentiality: 'clear', leavesRegion };
  });
  return sealed.length + clear.length === 0 ? [native('native')] : [...sealed, ...clear];
}

/** Where nothing but a border stands in the way, sealing again or asking later would not help. */
function refuseOutside({ judged }: Route): void {
  if (!judged.every(({ objections }) => objections.length === 1 && objections[0] === 'region')) return;
  const leavesRegion = [...new Set(judged.flatMap(({ candidate }) => candidate.leavesRegion))];
  throw new CausewayError('region-not-permitted', {
    pointer: '/to',
    detail: `The route passes ${leavesRegion.join(', ')}, outside of the permitted countries`,
    extensions: { leavesRegion },
  });
}

const isReachable = ({ natives, contact }: RoutePeople): boolean => natives.length > 0 || contact !== undefined;

function targetOf(to: Target): RouteTarget {
  return to.kind === 'address' ? { kind: 'address', address: to.address.uri } : to;
}

function waiting({ route, people }: Considered) {
  if (route.kind === 'waiting' && route.reason === 'consent') return { leg: 'none', waiting: 'consent' } as const;
  return { leg: 'none', waiting: 'route', ways: explainRoute(route, isReachable(people)) } as const;
}

function nativePlan(caller: AuthenticatedDevice, granted: NativeWay) {
  return {
    leg: 'native',
    conversation: granted.conversation,
    peer: { account: granted.peer, address: granted.peerAddress, deviceListVersion: granted.peerListVersion },
    self: { deviceListVersion: granted.selfListVersion },
    digest: planDigest({
      tenant: caller.tenant,
      conversation: granted.conversation,
      leg: 'native',
      networks: ['native'],
    }),
  } as const;
}

function clearPlan(
  caller: AuthenticatedDevice,
  {
    contact,
    edge,
    capabilities,
    ways,
    leavesRegion,
  }: {
    readonly contact: ContactSummary;
    readonly edge: EdgeState;
    readonly capabilities: CapabilitiesByNetwork;
    readonly ways: readonly Candidate[];
    readonly leavesRegion: readonly string[] | undefined;
  },
) {
  const offered = ways.flatMap(({ network }) => edge.networks.filter((candidate) => candidate.network === network));
  const networks: readonly ClearNetwork[] = offered.map(({ network }) => network);
  return {
    leg: 'clear',
    conversation: contact.conversation,
    contact: contact.contact,
    networks,
    capabilities: Object.fromEntries(networks.map((network) => [network, capabilities[network]])),
    simulated: offered.filter(({ isSimulated }) => isSimulated).map(({ network }) => network),
    edge: edge.bundle,
    region: caller.region,
    ...(leavesRegion === undefined ? {} : { leavesRegion }),
    maxLifetimeSeconds: MAX_CLEAR_LIFETIME_SECONDS,
    digest: planDigest({ tenant: caller.tenant, conversation: contact.conversation, leg: 'clear', networks }),
  } as const;
}
