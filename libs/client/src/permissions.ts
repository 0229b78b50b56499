import { createHash, randomBytes } from 'node:crypto';
import type { ClearNetwork } from '@causeway/api-contract';
import { encodeCbor, mintBoxId, toBytes, type Bytes } from '@causeway/message-model';
import { addressDigest, signStatement } from '@causeway/signal-protocol';
import { contactOf } from './contacts.js';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import type { Outgoing } from './outgoing.js';
import { COPY_LIFETIME, readersOf } from './preview.js';
import { RECORDS, type ShownPermission } from './records.js';
import { tenantOf } from './sessions.js';

const SECRET_BYTES = 32;

/**
 * Permissions to write to a number in the clear for a time, without being asked about each message. Each is signed on this device and good
 * on this device alone; taking one back holds for every attempt that has not begun.
 */
export class Permissions {
  constructor(
    private readonly context: DeviceContext,
    private readonly edge: EdgeTrust,
    private readonly outgoing: Pick<Outgoing, 'release'>,
  ) {}

  /** What a person has to be shown before they give it: who could read everything they write there, and until when. */
  async describe(
    address: string,
    { over, forSeconds }: { readonly over: readonly ClearNetwork[]; readonly forSeconds: number },
  ): Promise<ShownPermission> {
    const { contact } = await contactOf(this.context, this.edge, address);
    const plan = await this.context.api.planRoute({ kind: 'contact', contact }, { floor: 'clear' });
    if (plan.leg !== 'clear') throw new Error('no clear network leads there now');
    const networks = plan.networks.filter((network) => over.includes(network));
    if (networks.length === 0) throw new Error('none of these networks leads there now');
    return {
      address,
      until: nowSeconds(this.context) + forSeconds,
      networks: networks.map((network) => ({
        network,
        readableBy: [...readersOf(network)],
        copyLifetime: COPY_LIFETIME.media,
        isSimulated: plan.simulated.includes(network),
      })),
    };
  }

  /** Signs what was shown. One per number: it takes the place of an earlier one. What waited for permission goes. */
  async give(shown: ShownPermission): Promise<void> {
    const { own, store } = this.context;
    const { contact, conversation } = await contactOf(this.context, this.edge, shown.address);
    await this.takeBack(shown.address);
    const self = own.current;
    const [statementId, secret] = [mintBoxId(), toBytes(randomBytes(SECRET_BYTES))];
    const statement = signStatement(
      {
        tenant: tenantOf(self),
        statementId,
        subject: { kind: 'conversation', conversationId: conversation },
        senderAccount: self.account,
        senderDevice: self.deviceId,
        contactId: contact,
        addressDigest: addressDigest({ contactId: contact, addressUri: shown.address, salt: secret }),
        networks: shown.networks.map(({ network }) => network),
        notAfter: shown.until,
        previewDigest: shownDigest(shown, secret),
      },
      self.identityPrivateKey,
    );
    await store.put(RECORDS.permission, shown.address, { ...shown, statementId, secret, statement });
    // the gateway has them with deadlines that may lie after the permission's end
    await this.outgoing.release(
      shown.address,
      shown.networks.map(({ network }) => network),
    );
  }

  /** Those that hold now. */
  async list(): Promise<readonly ShownPermission[]> {
    const now = nowSeconds(this.context);
    const records = (await this.context.store.list(RECORDS.permission)).map(({ record }) => record);
    return records
      .filter(({ until }) => until > now)
      .map(({ address, until, networks }) => ({ address, until, networks }));
  }

  /** Nothing more goes under it, not even what was submitted and has not been tried yet: that waits again. */
  async takeBack(address: string): Promise<void> {
    const given = await this.context.store.get(RECORDS.permission, address);
    if (!given) return;
    if (given.until > nowSeconds(this.context)) await this.context.api.revokeStatement(given.statementId);
    await this.context.store.unit(async (unit) => unit.delete(RECORDS.permission, address));
  }
}

/** SHA-256 over what the person was shown, hidden by the permission's own secret. */
function shownDigest({ address, until, networks }: ShownPermission, secret: Bytes): Bytes {
  const each = networks.map((one) => [one.network, one.readableBy, one.copyLifetime, one.isSimulated]);
  const shown = encodeCbor(['causeway-conversation-permission-v1', secret, address, until, each]);
  return toBytes(createHash('sha256').update(shown).digest());
}
