import { describe, expect, it } from '@jest/globals';
import { encodeCbor, mintAccountId, mintContactId, mintConversationId } from '@causeway/message-model';
import fc from 'fast-check';
import { checkStatementForm, type StatementFacts, type StatementVerdict } from './check-statement-form.js';
import {
  addressDigest,
  openStatement,
  parseStatement,
  signStatement,
  type DowngradeStatement,
} from './downgrade-statement.js';
import { generateKeyPair, sign } from './key-pair.js';
import { sampleDevice, sampleMessageId, sampleTenant } from './testing/sample-ids.js';

const SALT = new Uint8Array(16).fill(7);
const identity = generateKeyPair();
const now = 1_800_000_000;
const facts: StatementFacts = {
  now,
  tenant: sampleTenant(),
  senderAccount: mintAccountId(),
  senderDevice: sampleDevice(1),
  contactId: mintContactId(),
  networks: ['rcs', 'sms'],
  messageId: sampleMessageId(),
  conversationId: mintConversationId(),
  deadline: now + 300,
};
const statement: DowngradeStatement = {
  tenant: facts.tenant,
  statementId: 'statement',
  subject: { kind: 'message', messageId: facts.messageId },
  senderAccount: facts.senderAccount,
  senderDevice: facts.senderDevice,
  contactId: facts.contactId,
  addressDigest: addressDigest({ contactId: facts.contactId, addressUri: 'tel:+4915112345678', salt: SALT }),
  networks: ['rcs', 'sms', 'other'],
  notAfter: now + 300,
  previewDigest: new Uint8Array(32),
};
const conversation: DowngradeStatement = {
  ...statement,
  subject: { kind: 'conversation', conversationId: facts.conversationId },
};

const VERDICTS: readonly [string, DowngradeStatement, Partial<StatementFacts>, StatementVerdict][] = [
  ['for this message', statement, {}, 'ok'],
  ['for this conversation', conversation, {}, 'ok'],
  ['for this conversation and another message', conversation, { messageId: sampleMessageId() }, 'ok'],
  ['when the plan leaves out the first network', statement, { networks: ['sms'] }, 'ok'],
  ['when the plan leaves out the middle one', statement, { networks: ['rcs', 'other'] }, 'ok'],
  ['when the plan turns the order round', statement, { networks: ['sms', 'rcs'] }, 'wrong-network'],
  ['when the plan adds a network', statement, { networks: ['rcs', 'mms'] }, 'wrong-network'],
  ['when the plan names one twice', statement, { networks: ['sms', 'sms'] }, 'wrong-network'],
  ['when the plan is empty', statement, { networks: [] }, 'wrong-network'],
  ['a second before its end', statement, { now: now + 299 }, 'ok'],
  ['at its end', statement, { now: now + 300 }, 'expired'],
  ['when the deadline is later than its end', statement, { deadline: now + 301 }, 'expired'],
  ['in another tenant', statement, { tenant: sampleTenant('other') }, 'wrong-tenant'],
  ['for another message', statement, { messageId: sampleMessageId() }, 'wrong-message'],
  ['for another conversation', conversation, { conversationId: mintConversationId() }, 'wrong-message'],
  ['for another contact', statement, { contactId: mintContactId() }, 'wrong-contact'],
  ['from another account', statement, { senderAccount: mintAccountId() }, 'wrong-sender'],
  ['from another device', statement, { senderDevice: sampleDevice(2) }, 'wrong-sender'],
];

describe('a downgrade statement', () => {
  it.each([statement, conversation])('opens to what the identity key signed (case %#)', (each) => {
    const signed = signStatement(each, identity.privateKey);
    expect(openStatement(signed, identity.publicKey)).toEqual(each);
    expect(parseStatement(signed.bytes)).toEqual(each);
    expect(openStatement(signed, generateKeyPair().publicKey)).toBeUndefined();
  });

  it('is refused with any byte changed', () => {
    const signed = signStatement(statement, identity.privateKey);
    fc.assert(
      fc.property(fc.nat(), (at) => {
        const bytes = signed.bytes.slice();
        const position = at % bytes.length;
        bytes.set([(bytes.at(position) ?? 0) ^ 1], position);
        expect(openStatement({ ...signed, bytes }, identity.publicKey)).toBeUndefined();
      }),
    );
  });

  it.each<[string, readonly string[]]>([
    ['no network', []],
    ['a network twice', ['sms', 'sms']],
    ['a network without a name', ['']],
    ['nine networks', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']],
  ])('is neither signed nor read with %s', (_what, networks) => {
    expect(() => signStatement({ ...statement, networks }, identity.privateKey)).toThrow(TypeError);
  });

  it('does not pass for a signature of another label', () => {
    const bytes = encodeCbor(['causeway-edge-body-v1', 'x']);
    expect(openStatement({ bytes, signature: sign(identity.privateKey, bytes) }, identity.publicKey)).toBeUndefined();
  });

  it('has an address digest of its contact and its address', () => {
    const { contactId } = facts;
    const digests = [
      addressDigest({ contactId, addressUri: 'tel:+4915112345678', salt: SALT }),
      addressDigest({ contactId, addressUri: 'tel:+4915112345679', salt: SALT }),
      addressDigest({ contactId: mintContactId(), addressUri: 'tel:+4915112345678', salt: SALT }),
    ];
    expect(new Set(digests.map((digest) => digest.join())).size).toBe(3);
    expect(statement.addressDigest).toEqual(digests[0]);
  });

  it.each(VERDICTS)('%s', (_when, each, changed, verdict) => {
    expect(checkStatementForm(each, { ...facts, ...changed })).toBe(verdict);
  });
});
