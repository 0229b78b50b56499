import { fromBase64Url, toBase64Url, type Bytes } from '@causeway/message-model';

/** A challenge as `WWW-Authenticate` carries it (RFC 9577, section 2.1). */
export interface PrivateTokenOffer {
  readonly challenge: Bytes;
  /** SubjectPublicKeyInfo of the issuer's key. */
  readonly tokenKey: Bytes;
  /** So long the challenge is good. */
  readonly maxAgeSeconds: number;
}

export const wwwAuthenticateOf = ({ challenge, tokenKey, maxAgeSeconds }: PrivateTokenOffer): string =>
  `PrivateToken challenge="${padded(challenge)}", token-key="${padded(tokenKey)}", max-age=${String(maxAgeSeconds)}`;

/** The first challenge of the scheme in a header; undefined when there is none that can be read. */
export function readWwwAuthenticate(header: string): PrivateTokenOffer | undefined {
  const parameters = /PrivateToken\s+(.*)$/is.exec(header)?.[1] ?? '';
  const values = new Map(
    [...parameters.matchAll(/([a-z-]+)=(?:"([^"]*)"|([^\s,"]+))/gi)].map(([, name = '', quoted, bare]) => [
      name.toLowerCase(),
      quoted ?? bare ?? '',
    ]),
  );
  const challenge = fromBase64Url(unpadded(values.get('challenge') ?? ''));
  const tokenKey = fromBase64Url(unpadded(values.get('token-key') ?? ''));
  const maxAgeSeconds = Number(values.get('max-age') ?? Number.NaN);
  if (!challenge?.length || !tokenKey?.length || !Number.isSafeInteger(maxAgeSeconds)) return undefined;
  return { challenge, tokenKey, maxAgeSeconds };
}

/** The scheme pads its base64url (RFC 9577, section 2.1). */
const padded = (bytes: Uint8Array): string => {
  const text = toBase64Url(bytes);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
};
const unpadded = (text: string): string => text.replace(/=+$/, '');
