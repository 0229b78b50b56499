import { Injectable } from '@nestjs/common';
import { z } from 'zod';

/** Named points of a call at which it can be made to stand still. */
export const HOLD_POINTS = ['before', 'accepted'] as const;
export type HoldPoint = (typeof HOLD_POINTS)[number];

export const RELEASE = z.strictObject({ as: z.enum(['go-on', 'drop']).default('go-on') });
export type Release = z.infer<typeof RELEASE>['as'];

/**
 * Calls that a fault made stand still, until somebody releases them: whoever tests can wait for a call to be at a named point, do something
 * to the process that made it, and let it go on or drop it.
 */
@Injectable()
export class Holds {
  private readonly held = new Set<{ readonly point: HoldPoint; readonly release: (then: Release) => void }>();

  wait(point: HoldPoint): Promise<Release> {
    return new Promise((resolve) => {
      const entry = {
        point,
        release: (then: Release) => {
          this.held.delete(entry);
          resolve(then);
        },
      };
      this.held.add(entry);
    });
  }

  list(): readonly HoldPoint[] {
    return [...this.held].map(({ point }) => point);
  }

  release(then: Release): number {
    const released = [...this.held];
    for (const { release } of released) release(then);
    return released.length;
  }
}
