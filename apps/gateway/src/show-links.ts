import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, LinkRow, LinkStore } from '@causeway/storage';

/** Links as their owner is shown them. */
export class ShowLinks {
  constructor(
    private readonly links: LinkStore,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice) {
    const nowMs = this.clock.nowMs();
    const links = (await this.links.list(caller)).map((row) => described(row, nowMs));
    return { links, crossNetwork: caller.crossNetwork };
  }
}

const described = (row: LinkRow, nowMs: number) => ({
  link: row.link,
  kind: row.kind,
  ...(row.address === null ? {} : { address: row.address }),
  ...(row.country === null ? {} : { country: row.country }),
  findable: row.findable,
  provedAt: row.provedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  ...endOf(row, nowMs),
});

function endOf({ endedBecause, expiresAt }: LinkRow, nowMs: number) {
  if (endedBecause === null) return { state: expiresAt.getTime() <= nowMs ? 'expired' : 'active' } as const;
  return endedBecause === 'expired' ? ({ state: 'expired' } as const) : { state: 'ended', because: endedBecause };
}
