import { concatBytes, equalBytes, toBytes, utf8, type Bytes } from '@causeway/message-model';
import { TOKEN_TYPE } from './token-key.js';

/** What a token is asked for (RFC 9577, section 2.1). */
export interface TokenChallenge {
  /** Host of the issuer. */
  readonly issuerName: string;
  /** 32 bytes that bind the token to one occasion, or none. */
  readonly redemptionContext: Bytes;
  /** Hosts that take the token. */
  readonly originInfo: string;
}

const CONTEXT_BYTES = 32;
const NAME_BYTES = 65_535;

/** Throws for names or a context that the form cannot hold. */
export function encodeChallenge({ issuerName, redemptionContext, originInfo }: TokenChallenge): Bytes {
  const [issuer, origin] = [utf8(issuerName), utf8(originInfo)];
  if (issuer.length === 0 || issuer.length > NAME_BYTES || origin.length > NAME_BYTES)
    throw new RangeError('a challenge names its issuer in 1 to 65,535 bytes, and as many of its origin at most');
  if (redemptionContext.length !== 0 && redemptionContext.length !== CONTEXT_BYTES)
    throw new RangeError('a redemption context has 32 bytes or none');
  return concatBytes(
    uint16(TOKEN_TYPE),
    uint16(issuer.length),
    issuer,
    Uint8Array.of(redemptionContext.length),
    redemptionContext,
    uint16(origin.length),
    origin,
  );
}

/** Undefined for another type of token, and for what is not exactly one challenge. */
export function decodeChallenge(bytes: Uint8Array): TokenChallenge | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint16(0) !== TOKEN_TYPE) return undefined;
  const issuerEnd = 4 + view.getUint16(2);
  if (issuerEnd >= bytes.length) return undefined;
  const contextEnd = issuerEnd + 1 + view.getUint8(issuerEnd);
  if (contextEnd + 2 > bytes.length) return undefined;
  const read: TokenChallenge = {
    issuerName: text(bytes.subarray(4, issuerEnd)),
    redemptionContext: toBytes(bytes.subarray(issuerEnd + 1, contextEnd)),
    originInfo: text(bytes.subarray(contextEnd + 2)),
  };
  const isWhole = issuerEnd > 4 && [0, CONTEXT_BYTES].includes(read.redemptionContext.length);
  // lengths that contradict each other, and names that are no UTF-8, do not come back as they were
  return isWhole && equalBytes(encodeChallenge(read), bytes) ? read : undefined;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Two bytes, the higher first. */
export const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);
