import { encodeCbor, type Bytes } from '@causeway/message-model';
import type { NativeBox } from '@causeway/api-contract';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import type { OutgoingRecord, Pin } from './records.js';
import { recipientsOf, sealForDevices, startSession, type Recipient } from './sessions.js';
import { told } from './told.js';
import { TrustError } from './trust-error.js';

/** What a Signal message carries to another account, and to our own other devices. */
export const messagePlaintext = (record: Pick<OutgoingRecord, 'conversation' | 'content'>): Bytes =>
  encodeCbor(['message', record.conversation, record.content]);
export const syncPlaintext = (record: Pick<OutgoingRecord, 'conversation' | 'content' | 'address'>): Bytes =>
  encodeCbor(['sync', record.conversation, record.address, record.content]);

export interface SealedCopies {
  readonly recipient: readonly NativeBox[];
  readonly sync: readonly NativeBox[];
}

const ROUNDS = 3;

/**
 * Seals a message for every device of `peer` (absent for a clear leg) and for our own other devices. `keep` runs in the
 * same unit of work, so that a session never moves on without the message it moved for.
 */
export async function sealCopies(
  context: DeviceContext,
  record: OutgoingRecord,
  peer: Pin | undefined,
  keep: (unit: UnitOfWork, copies: SealedCopies) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const needed = await context.store.unit(async (unit) => {
      const outcome = await sealOnce(unit, context, record, peer);
      if (outcome.kind === 'sealed') await keep(unit, outcome.copies);
      return outcome.kind === 'sealed' ? [] : outcome.recipients;
    });
    if (needed.length === 0) return;
    await startSessions(context, record, needed);
  }
  throw told(context.events, new TrustError('bundle-identity', record.address));
}

type Attempt =
  | { readonly kind: 'sealed'; readonly copies: SealedCopies }
  | { readonly kind: 'sessions-needed'; readonly recipients: readonly Recipient[] };

async function sealOnce(
  unit: UnitOfWork,
  { own }: DeviceContext,
  record: OutgoingRecord,
  peer: Pin | undefined,
): Promise<Attempt> {
  const self = own.current;
  const { messageId } = record;
  const others = recipientsOf(self.list).filter(({ device }) => device.deviceId !== self.deviceId);
  const sync = await sealForDevices(unit, { self, messageId, plaintext: syncPlaintext(record), recipients: others });
  if (sync.kind === 'sessions-needed') return sync;
  if (!peer) return { kind: 'sealed', copies: { recipient: [], sync: sync.boxes } };
  const plaintext = messagePlaintext(record);
  const theirs = await sealForDevices(unit, { self, messageId, plaintext, recipients: recipientsOf(peer) });
  return theirs.kind === 'sealed' ? { kind: 'sealed', copies: { recipient: theirs.boxes, sync: sync.boxes } } : theirs;
}

async function startSessions(
  context: DeviceContext,
  record: OutgoingRecord,
  needed: readonly Recipient[],
): Promise<void> {
  const self = context.own.current;
  const isOwn = (recipient: Recipient): boolean => recipient.account === self.account;
  const own = needed.filter(isOwn);
  const theirs = needed.filter((recipient) => !isOwn(recipient));
  if (own.length > 0) await takeAndStart(context, own, { of: 'self' });
  if (theirs.length > 0) await takeAndStart(context, theirs, { of: 'peer', conversation: record.conversation });
}

async function takeAndStart(
  context: DeviceContext,
  recipients: readonly Recipient[],
  from: { of: 'self' } | { of: 'peer'; conversation: OutgoingRecord['conversation'] },
): Promise<void> {
  const devices = recipients.map(({ device }) => device.deviceId);
  const { bundles } = await context.api.takeBundles({ ...from, devices });
  await context.store
    .unit(async (unit) => {
      for (const recipient of recipients) {
        const bundle = bundles.find((offered) => offered.deviceId === recipient.device.deviceId);
        if (!bundle) throw new TrustError('bundle-identity', recipient.address);
        await startSession(unit, context.own.current, recipient, bundle);
      }
    })
    .catch((error: unknown) => {
      throw error instanceof TrustError ? told(context.events, error) : error;
    });
}
