import type { Secret } from './secret.js';

/** What a secret setting says instead of the secret when that rests in a sealed file: `sealed:twilio-auth-token`. */
const SEALED = /^sealed:(.*)$/;
const NAME = /^[a-z][a-z0-9-]{0,59}$/;

/** Whether the setting names a sealed file rather than being the secret. */
export const isSealed = (secret: Secret): boolean => SEALED.test(secret.reveal());

/** The name it gives; `undefined` when it is the secret itself, or names nothing that could be a file of ours. */
export function sealedNameOf(secret: Secret): string | undefined {
  const name = SEALED.exec(secret.reveal())?.[1];
  return name !== undefined && isSecretName(name) ? name : undefined;
}

/** Lower case, digits and hyphens, at most 60, a letter first. */
export const isSecretName = (name: string): boolean => NAME.test(name);
