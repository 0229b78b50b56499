import { fromBase64Url, toBase64Url, type Bytes } from '@causeway/message-model';
import { TOKEN_TYPE, type TokenKey } from './token-key.js';

/** Where an issuer says how it is asked, and its media type (RFC 9578, section 4). */
export const ISSUER_DIRECTORY_PATH = '/.well-known/private-token-issuer-directory';
export const ISSUER_DIRECTORY_MEDIA_TYPE = 'application/private-token-issuer-directory';

export const issuerDirectory = (requestPath: string, key: TokenKey) => ({
  'issuer-request-uri': requestPath,
  'token-keys': [{ 'token-type': TOKEN_TYPE, 'token-key': toBase64Url(key.spki) }],
});

/** What a client needs of a directory; undefined for what is none. */
export function readIssuerDirectory(
  document: unknown,
): { readonly requestUri: string; readonly tokenKeys: readonly Bytes[] } | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const { 'issuer-request-uri': requestUri, 'token-keys': keys } = document as Readonly<Record<string, unknown>>;
  if (typeof requestUri !== 'string' || !Array.isArray(keys)) return undefined;
  const tokenKeys = keys.flatMap((each: unknown): Bytes[] => {
    if (typeof each !== 'object' || each === null) return [];
    const { 'token-type': type, 'token-key': text } = each as Readonly<Record<string, unknown>>;
    const key = type === TOKEN_TYPE && typeof text === 'string' ? fromBase64Url(text.replace(/=+$/, '')) : undefined;
    return key ? [key] : [];
  });
  return { requestUri, tokenKeys };
}
