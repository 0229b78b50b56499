import { planDigest, type ClearNetwork, type Target } from '@causeway/api-contract';
import { CausewayError, POLICIES, toBase64Url, type ConversationId } from '@causeway/message-model';
import type {
  AuthenticatedDevice,
  ContactSummary,
  LinkedAccount,
  NativeWay,
  RoutePeople,
  RouteTarget,
} from '@causeway/storage';
import { chooseRoute, type Route } from './choose-route.js';
import type { Clock, RoutePolicy } from '@causeway/platform';
import { refuseOtherCell } from './refuse-other-cell.js';
import type { CapabilitiesByNetwork, EdgeDesk, EdgeState, OfferedNetwork } from './edge-desk.js';
import { explainRoute, type ExplainedWay } from './explain-route.js';
import type { LeadToLinked } from './lead-to-linked.js';
import { linkedWays, nativeWayTo } from './linked-ways.js';
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
  /** To no other account than the one that granted. */
  readonly stays?: boolean | undefined;
}

interface Considered {
  readonly people: RoutePeople;
  /** Other accounts of the same person whose link holds. */
  readonly linked: readonly LinkedAccount[];
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
    private readonly lead: LeadToLinked,
    private readonly clock: Clock,
    private readonly policy?: RoutePolicy,
  ) {}

  async execute(caller: AuthenticatedDevice, request: RouteRequest) {
    const { considered, native } = await this.considerLed(caller, request);
    const { route, people } = considered;
    if (route.kind === 'waiting') {
      refuseOutside(route);
      return waiting(considered);
    }
    if (request.stays !== true) await this.remember(caller, considered);
    if (native && route.first.network === 'native') return nativePlan(caller, native, considered.linked);
    if (!people.contact || !considered.edge) throw new Error('a clear way without a contact');
    const leavesRegion = this.policy?.leavesRegion(people.contact.country);
    const capabilities = await this.edge.capabilities(people.contact.country);
    const { contact } = people;
    return clearPlan(caller, { contact, edge: considered.edge, capabilities, ways: route.ways, leavesRegion });
  }

  /** With the native conversation that the route leads to, under a grant that is carried over where it takes one. */
  private async considerLed(
    caller: AuthenticatedDevice,
    request: RouteRequest,
  ): Promise<{ readonly considered: Considered; readonly native: NativeWay | undefined }> {
    const considered = await this.consider(caller, request);
    const { route, people, linked } = considered;
    const [granted] = people.natives;
    const led = route.kind === 'route' ? linked.find(({ address }) => address === route.first.key) : undefined;
    if (!led || !granted) return { considered, native: granted };
    const native = await this.lead.execute(caller, granted, led);
    if (native) return { considered, native };
    // one of the two refused the other at this moment
    return { considered: await this.consider(caller, { ...request, stays: true }), native: granted };
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

  private async consider(caller: AuthenticatedDevice, request: RouteRequest): Promise<Considered> {
    const { to, floor } = request;
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
    const linked = await this.lead.holding(caller, people.natives[0], people.linked);
    const order = people.recipient?.order ?? [];
    const others = request.stays === true ? [] : linkedWays(linked, { order, sender: caller });
    const route = chooseRoute({
      candidates: candidatesOf(people, { others, offered: edge?.networks ?? [], policy: this.policy }),
      facts,
      current: choice && { key: choice.way, order: choice.order },
    });
    return {
      people,
      linked,
      edge,
      route,
      conversation: people.contact?.conversation ?? people.natives[0]?.conversation,
    };
  }

  /** Only where there was a choice: most conversations have one way and never a row. */
  private async remember(
    caller: AuthenticatedDevice,
    { route, people, linked, conversation }: Considered,
  ): Promise<void> {
    if (route.kind === 'waiting' || !conversation || (route.judged.length === 1 && !people.choice)) return;
    const { choice } = people;
    if (choice?.way === route.first.key && choice.order.join() === route.order.join()) return;
    // until it first leads elsewhere, a conversation of one way has no row: it was the way of the one that granted
    const [granted] = people.natives;
    const isLed = linked.some(({ address }) => address === route.first.key);
    await this.switches.execute(caller, {
      conversation,
      way: route.first,
      order: route.order,
      before: choice?.way ?? (isLed ? granted?.peerAddress : undefined),
      peer: granted?.peer,
    });
  }
}

/** Ways of one person, the strongest first; before a grant the native one that everybody may have, so that nothing shows. */
function candidatesOf(
  { natives, contact }: RoutePeople,
  {
    others,
    offered,
    policy,
  }: {
    readonly others: readonly Candidate[];
    readonly offered: readonly OfferedNetwork[];
    readonly policy: RoutePolicy | undefined;
  },
): readonly Candidate[] {
  // storage is not transit: a message passes the carrier of its telephone, wherever that is
  const leavesRegion = (contact && policy?.leavesRegion(contact.country)) ?? [];
  const sealed = [...natives.map(({ peerAddress }) => nativeWayTo(peerAddress)), ...others];
  const clear = (contact ? offered : []).map(({ network }): Candidate => {
    return { key: network, network, confidentiality: 'clear', leavesRegion };
  });
  return sealed.length + clear.length === 0 ? [ANY_NATIVE] : [...sealed, ...clear];
}

const ANY_NATIVE: Candidate = { key: 'native', network: 'native', confidentiality: 'sealed', leavesRegion: [] };

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

function nativePlan(caller: AuthenticatedDevice, way: NativeWay, linked: readonly LinkedAccount[]) {
  return {
    leg: 'native',
    conversation: way.conversation,
    peer: { account: way.peer, address: way.peerAddress, deviceListVersion: way.peerListVersion },
    self: { deviceListVersion: way.selfListVersion },
    links: linked.map(({ signed }) => ({
      document: toBase64Url(signed.document),
      offered: toBase64Url(signed.offered),
      accepted: toBase64Url(signed.accepted),
    })),
    digest: planDigest({
      tenant: caller.tenant,
      conversation: way.conversation,
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
