import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { TokenIssuer } from '@causeway/message-flow';
import { fromBase64Url, type Bytes } from '@causeway/message-model';
import { StartupProblem, type Config } from '@causeway/platform';
import { makeIssuerKey, readTokenKey, tokenKeyOf } from '@causeway/privacy-pass';
import { sharedFile, sharedKey } from '@causeway/process-context';

export interface ChallengeKeys {
  /** Binds a challenge to its decision. */
  readonly challenge: Bytes;
  readonly issuer: TokenIssuer;
  /** Undefined while somebody else issues the tokens. */
  readonly privateKey: KeyObject | undefined;
}

/** Keys shared by the gateways of one data folder. Without an issuer in the settings the operator is the issuer, with a key made here. */
export async function openChallengeKeys(
  config: Pick<Config, 'dataFolder' | 'nativeHost' | 'tokenIssuer' | 'tokenIssuerKey'>,
): Promise<ChallengeKeys> {
  const folder = join(config.dataFolder, 'keys');
  const challenge = await sharedKey(folder, 'challenge.key');
  if (config.tokenIssuer !== '') {
    const key = readTokenKey(fromBase64Url(config.tokenIssuerKey.replace(/=+$/, '')) ?? new Uint8Array());
    if (!key)
      throw new StartupProblem(
        'CAUSEWAY_TOKEN_ISSUER_KEY is no key of an issuer.',
        `It is the "token-key" of type 2 at https://${config.tokenIssuer}/.well-known/private-token-issuer-directory.`,
      );
    return { challenge, issuer: { name: config.tokenIssuer, key, isOurs: false }, privateKey: undefined };
  }
  const make = (): Uint8Array => makeIssuerKey().export({ format: 'der', type: 'pkcs8' });
  const der = await sharedFile({ folder, name: 'token-issuer.key', make });
  const privateKey = readPrivateKey(der);
  return { challenge, issuer: { name: config.nativeHost, key: tokenKeyOf(privateKey), isOurs: true }, privateKey };
}

function readPrivateKey(der: Bytes): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    const advice =
      'Restore it from where the data folder came from, or remove it: vouchers and tokens of it are void then.';
    throw new StartupProblem('The key file token-issuer.key is damaged.', advice, { cause });
  }
}
