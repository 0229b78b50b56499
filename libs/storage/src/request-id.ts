import { createHash } from 'node:crypto';

/** A request's id from what it is about: lodging the same request again makes no second one. */
export const requestIdOf = (tenant: string, requester: string, target: string): string =>
  `q_${createHash('sha256')
    .update(JSON.stringify([tenant, requester, target]))
    .digest('base64url')
    .slice(0, 22)}`;
