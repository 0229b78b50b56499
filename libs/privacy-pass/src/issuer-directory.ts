import { fromBase64Url, toBase64Url, type Bytes } from '@causeway/message-model';
import { z } from 'zod';
import { TOKEN_TYPE, type TokenKey } from './token-key.js';

/** Where an issuer says how it is asked, and its media type (RFC 9578, section 4). */
export const ISSUER_DIRECTORY_PATH = '/.well-known/private-token-issuer-directory';
export const ISSUER_DIRECTORY_MEDIA_TYPE = 'application/private-token-issuer-directory';

export const issuerDirectory = (requestPath: string, key: TokenKey) => ({
  'issuer-request-uri': requestPath,
  'token-keys': [{ 'token-type': TOKEN_TYPE, 'token-key': toBase64Url(key.spki) }],
});

const directorySchema = z.object({ 'issuer-request-uri': z.string(), 'token-keys': z.array(z.unknown()) });
/** Keys of other token types may have any form. */
const tokenKeySchema = z.object({ 'token-type': z.literal(TOKEN_TYPE), 'token-key': z.string() });

/** What a client needs of a directory; undefined for what is none. */
export function readIssuerDirectory(
  document: unknown,
): { readonly requestUri: string; readonly tokenKeys: readonly Bytes[] } | undefined {
  const directory = directorySchema.safeParse(document);
  if (!directory.success) return undefined;
  const tokenKeys = directory.data['token-keys'].flatMap((each): Bytes[] => {
    const read = tokenKeySchema.safeParse(each);
    const key = read.success && fromBase64Url(read.data['token-key'].replace(/=+$/, ''));
    return key ? [key] : [];
  });
  return { requestUri: directory.data['issuer-request-uri'], tokenKeys };
}
