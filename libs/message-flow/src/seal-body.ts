import { planDigest, type MessageBody, type NativeBox, type SendMessageRequest } from '@causeway/api-contract';
import { CausewayError, encodeCbor, mintTransitId, type AccountId } from '@causeway/message-model';
import type { AuthenticatedDevice, BoxRow, Recipient, SealedBody } from '@causeway/storage';
import type { ReportTokens } from '@causeway/abuse-control';
import type { CheckClearBody } from './check-clear-body.js';
import { fitDevices } from './fit-devices.js';
import { stampBox } from './stamped-box.js';

export interface BodyQuestion {
  readonly sender: AuthenticatedDevice;
  readonly request: SendMessageRequest;
  readonly recipient: Recipient | null;
  readonly deliverBefore: Date;
}

/** Checks that what arrived is sealed for the route that holds now, and gives it the form in which it is stored. Opens nothing. */
export class SealBody {
  constructor(
    private readonly checkClear: CheckClearBody,
    private readonly reports: ReportTokens,
  ) {}

  async execute(question: BodyQuestion): Promise<SealedBody | null> {
    const { body, to } = question.request;
    if (body.leg === 'none') return null;
    if (to.kind === 'address' || !question.recipient) {
      throw new CausewayError('invalid-request', {
        pointer: '/body/leg',
        detail: 'Words are not taken before there is consent',
      });
    }
    if ((body.leg === 'clear') !== (to.kind === 'contact'))
      throw new CausewayError('route-changed', { pointer: '/body/leg' });
    return body.leg === 'native'
      ? this.nativeBody(question, question.recipient, body)
      : this.clearBody(question, question.recipient, body);
  }

  private async clearBody(
    question: BodyQuestion,
    recipient: Recipient,
    body: Extract<MessageBody, { leg: 'clear' }>,
  ): Promise<SealedBody> {
    const { account } = question.sender;
    fitDevices([{ account, boxes: body.sync, devices: otherDevices(question, recipient), pointer: '/body/sync' }]);
    await this.checkClear.execute(question, body);
    return {
      leg: 'clear',
      planDigest: body.planDigest,
      networks: body.networks,
      edgeKeyId: body.keyId,
      sealed: body.box,
      statement: encodeCbor([body.statement.bytes, body.statement.signature]),
      recipientDevices: 0,
      boxes: body.sync.map((box) => boxRow(question, box, { account, isSync: true })),
    };
  }

  private nativeBody(
    question: BodyQuestion,
    recipient: Recipient,
    body: Extract<MessageBody, { leg: 'native' }>,
  ): SealedBody {
    const { sender, request } = question;
    const { peer } = recipient;
    if (peer === null) throw new CausewayError('no-consent', { pointer: '/to/conversation' });
    const digest = planDigest({
      tenant: sender.tenant,
      conversation: request.to.conversation,
      leg: 'native',
      networks: ['native'],
    });
    if (digest !== body.planDigest) throw new CausewayError('route-changed', { pointer: '/body/planDigest' });
    fitDevices([
      { account: peer, boxes: body.recipient, devices: recipient.peerDevices, pointer: '/body/recipient' },
      { account: sender.account, boxes: body.sync, devices: otherDevices(question, recipient), pointer: '/body/sync' },
    ]);
    const { messageId } = request;
    const carried = {
      tenant: sender.tenant,
      messageId,
      sender: sender.account,
      recipient: peer,
      assurance: 'verified',
    } as const;
    const stamp = { messageId, token: this.reports.mint(carried) };
    // a block acts here: the words for the one who blocked go where nobody finds them, by the same work, and everything else stays as it was
    const delivered = body.recipient.map((box) => ({
      ...boxRow(question, box, { account: peer, isSync: false }),
      isWithheld: recipient.isBlockedByPeer,
      body: stampBox(stamp, box.box),
    }));
    return {
      leg: 'native',
      planDigest: digest,
      networks: ['native'],
      edgeKeyId: null,
      sealed: null,
      statement: null,
      recipientDevices: body.recipient.length,
      boxes: [
        ...delivered,
        ...body.sync.map((box) => boxRow(question, box, { account: sender.account, isSync: true })),
      ],
    };
  }
}

const otherDevices = ({ sender }: BodyQuestion, recipient: Recipient) =>
  recipient.selfDevices.filter((device) => device.deviceId !== sender.device);

function boxRow(
  { sender, deliverBefore }: BodyQuestion,
  box: NativeBox,
  to: { readonly account: AccountId; readonly isSync: boolean },
): BoxRow {
  return {
    id: mintTransitId('i', deliverBefore.getTime(), box.boxId),
    tenant: sender.tenant,
    account: to.account,
    device: box.deviceId,
    sealKeyId: box.sealKeyId,
    body: box.box,
    isSync: to.isSync,
    isWithheld: false,
    expiresAt: deliverBefore,
  };
}
