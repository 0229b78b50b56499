import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Balancer } from './balancer.js';
import { freePorts } from './free-ports.js';
import type { RunningProcess } from './running-process.js';
import { World, type WorldOptions } from './world.js';

/** A world with several gateways and workers, and a balancer before the gateways. */
export class WideWorld {
  private constructor(
    readonly world: World,
    readonly balancer: Balancer,
    readonly gateways: readonly RunningProcess[],
    /** In the order of the gateways: past the balancer. */
    readonly gatewayUrls: readonly string[],
    readonly workers: readonly RunningProcess[],
    private readonly sockets: string,
  ) {}

  static async start(
    options: WorldOptions & { readonly gateways: number; readonly workers: number },
  ): Promise<WideWorld> {
    const sockets = await mkdtemp(join(tmpdir(), 'cw-s-'));
    const paths = Array.from({ length: options.gateways }, (_, index) => join(sockets, `gateway-${index + 1}.sock`));
    const env = { CAUSEWAY_GATEWAY_RPC: paths.join(','), ...options.env };
    const world = await World.start({ ...options, env });
    const ports = await freePorts(options.gateways - 1);
    const gateways = await Promise.all(
      ports.map((port, index) =>
        world.another('gateway', {
          CAUSEWAY_HTTP_PORT: `${port}`,
          CAUSEWAY_GATEWAY_RPC_LISTEN: paths[index + 1] ?? '',
        }),
      ),
    );
    const workers = await Promise.all(Array.from({ length: options.workers - 1 }, () => world.another('worker')));
    const all = [Number(new URL(world.gatewayUrl).port), ...ports];
    return new WideWorld(
      world,
      await Balancer.start(all),
      [world.gateway, ...gateways],
      all.map((port) => `http://127.0.0.1:${port}`),
      [world.worker, ...workers],
      sockets,
    );
  }

  async close(): Promise<void> {
    await this.world.close();
    this.balancer.close();
    await rm(this.sockets, { recursive: true, force: true });
  }
}
