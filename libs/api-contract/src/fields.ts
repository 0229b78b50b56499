import {
  fromBase64Url,
  parseAccountId,
  parseAddress,
  parseBoxId,
  parseContactId,
  parseConversationId,
  parseDeviceId,
  parseMessageId,
  parseTransitId,
} from '@causeway/message-model';
import { z } from 'zod';

/** Largest request body, bytes (Signal-Server's limit per device, applied to the whole request). */
export const MAX_BODY_BYTES = 96 * 1024;

/** Bytes as unpadded base64url on the wire, plain bytes inside. */
export const bytesField = (limits: { readonly min?: number; readonly max: number }) =>
  z
    .string()
    .max(Math.ceil((limits.max * 4) / 3))
    .transform((text, context) => {
      const bytes = fromBase64Url(text);
      if (bytes && bytes.length >= (limits.min ?? 1) && bytes.length <= limits.max) return bytes;
      context.addIssue({
        code: 'custom',
        message: `must be unpadded base64url of ${limits.min ?? 1} to ${limits.max} bytes`,
      });
      return z.NEVER;
    })
    .meta({ type: 'string', contentEncoding: 'base64url' });

export const parsed = <T>(name: string, parse: (text: string) => T | undefined) =>
  z
    .string()
    .max(400)
    .transform((text, context) => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `is not a valid ${name}` });
      return z.NEVER;
    });

export const accountIdField = parsed('account id', parseAccountId);
export const contactIdField = parsed('contact id', parseContactId);
export const conversationIdField = parsed('conversation id', parseConversationId);
export const messageIdField = parsed('message id', parseMessageId);
export const boxIdField = parsed('box id', parseBoxId);
export const transitIdField = parsed('id', parseTransitId);
export const nativeAddressField = parsed('mimi:// address', (text) => {
  const address = parseAddress(text);
  return address?.kind === 'native' ? address : undefined;
});

export const deviceIdField = z.int().transform((value, context) => {
  const id = parseDeviceId(value);
  if (id !== undefined) return id;
  context.addIssue({ code: 'custom', message: 'must be 1 to 127' });
  return z.NEVER;
});

export const registrationIdField = z.int().min(1).max(0x3fff);
/** Signal key ids: 1 to 2^24 - 1. */
export const keyIdField = z.int().min(1).max(0xffffff);
export const unixSecondsField = z.int().min(0).max(0xffffffff);
export const curveKeyField = bytesField({ min: 33, max: 33 });
export const signatureField = bytesField({ min: 64, max: 64 });
/** SHA-256. */
export const digestField = bytesField({ min: 32, max: 32 });
export const signedField = z.object({ bytes: bytesField({ max: 32 * 1024 }), signature: signatureField });
export const limitField = z.coerce.number().int().min(1).max(100).default(50);
export const cursorField = z.string().max(200).optional();
