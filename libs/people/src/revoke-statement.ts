import { CausewayError } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, RevokedStatementStore } from '@causeway/storage';

/** A permission ends by itself within 30 days (LONGEST_CONVERSATION_SECONDS); an hour more for clocks that disagree. */
const REMEMBERED_MS = (30 * 24 + 1) * 3_600_000;

/** Takes a permission back: attempts that have not begun are not made. */
export class RevokeStatement {
  constructor(
    private readonly revoked: RevokedStatementStore,
    private readonly clock: Clock,
  ) {}

  /** Whether there is such a permission is not known here: the devices have them. */
  async execute({ tenant, account }: AuthenticatedDevice, statement: string): Promise<void> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + REMEMBERED_MS);
    if (!(await this.revoked.add({ tenant, account, statement, now, expiresAt })))
      throw new CausewayError('rate-limited');
  }
}
