import { CausewayError, lifetimeOf } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, RevokedStatementStore } from '@causeway/storage';

/** Takes a permission back: attempts that have not begun are not made. */
export class RevokeStatement {
  constructor(
    private readonly revoked: RevokedStatementStore,
    private readonly clock: Clock,
  ) {}

  /** Whether there is such a permission is not known here: the devices have them. */
  async execute({ tenant, account }: AuthenticatedDevice, statement: string): Promise<void> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + lifetimeOf('revoked-permissions').ms);
    if (!(await this.revoked.add({ tenant, account, statement, now, expiresAt })))
      throw new CausewayError('rate-limited');
  }
}
