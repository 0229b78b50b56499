import { decodeStoredContent, equalBytes, mintBoxId, type Bytes, type ContactId } from '@causeway/message-model';
import type { ClearPlan } from '@causeway/api-contract';
import {
  addressDigest,
  parseStatement,
  sealToEdge,
  signStatement,
  type LegKey,
  type SignedStatement,
} from '@causeway/signal-protocol';
import { previewDigest } from './preview.js';
import type { OutgoingRecord, PermissionRecord, Preview, Self } from './records.js';
import { tenantOf } from './sessions.js';

/** The networks of the plan the person allowed, in the plan's order; empty when it needs their word again. */
export const permittedNetworks = (
  record: Pick<OutgoingRecord, 'permitted'>,
  plan: Pick<ClearPlan, 'networks'>,
): ClearPlan['networks'] => plan.networks.filter((network) => record.permitted?.includes(network) ?? false);

export interface Permission {
  readonly self: Self;
  readonly record: OutgoingRecord;
  readonly contact: ContactId;
  readonly preview: Preview;
  readonly networks: readonly string[];
  /** Unix seconds. */
  readonly notAfter: number;
}

/** Signs the person's permission for this message; one that still says the same is used again, so that it counts once. */
export function statementFor(permission: Permission): SignedStatement {
  const { self, record, contact, networks, notAfter } = permission;
  const { salt } = decodeStoredContent(record.content);
  const digest = previewDigest(permission.preview, salt);
  const existing = record.statement && parseStatement(record.statement.bytes);
  const isSame =
    existing &&
    existing.notAfter >= notAfter &&
    existing.networks.join() === networks.join() &&
    equalBytes(existing.previewDigest, digest);
  if (isSame && record.statement) return record.statement;
  return signStatement(
    {
      tenant: tenantOf(self),
      statementId: mintBoxId(),
      subject: { kind: 'message', messageId: record.messageId },
      senderAccount: self.account,
      senderDevice: self.deviceId,
      contactId: contact,
      addressDigest: addressDigest({ contactId: contact, addressUri: record.address, salt }),
      networks,
      notAfter,
      previewDigest: digest,
    },
    self.identityPrivateKey,
  );
}

/** The body for the edge. Called only with a statement in hand: before that nothing is sealed to anybody. */
export function sealForEdge(input: {
  readonly self: Self;
  readonly record: OutgoingRecord;
  readonly contact: ContactId;
  readonly networks: readonly string[];
  readonly planDigest: string;
  readonly deadline: number;
  readonly leg: { readonly key: LegKey; readonly region: string };
  /** Of a permission for the whole conversation. */
  readonly permissionSecret: Bytes | undefined;
}): Bytes {
  const { self, record, leg } = input;
  return sealToEdge({
    context: {
      tenant: tenantOf(self),
      region: leg.region,
      keyId: leg.key.keyId,
      messageId: record.messageId,
      senderAccount: self.account,
      senderDevice: self.deviceId,
      contactId: input.contact,
      networks: input.networks,
      planDigest: input.planDigest,
      deadline: input.deadline,
    },
    legPublicKey: leg.key.publicKey,
    content: record.content,
    address: record.address,
    identityKey: self.identityKey,
    identityPrivateKey: self.identityPrivateKey,
    permissionSecret: input.permissionSecret,
  });
}

/** Networks of the plan that a permission for the conversation covers now, until the message's deadline. */
export function coveredNetworks(
  permission: PermissionRecord | undefined,
  {
    plan,
    record,
    now,
  }: { readonly plan: Pick<ClearPlan, 'networks'>; readonly record: OutgoingRecord; readonly now: number },
): ClearPlan['networks'] {
  if (!permission || permission.until <= now || record.deliverBefore > permission.until) return [];
  const order = permission.networks.map(({ network }) => network);
  const covered = plan.networks.filter((network) => order.includes(network));
  // a statement is for its networks in their order: what the plan has otherwise is asked about anew
  return isOrdered(covered, order) ? covered : [];
}

const isOrdered = (planned: readonly string[], order: readonly string[]): boolean =>
  planned.every((network, index) => index === 0 || order.indexOf(network) > order.indexOf(planned[index - 1] ?? ''));
