import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '@causeway/platform';

/** What is looked at of a request. */
export interface ReceivedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/**
 * The address a registration comes from, as far as the operator lets it be looked at. Behind a proxy it is the last one that the header names:
 * the proxy itself put it there, and everything before it the client may have made up. Undefined when there is none to believe.
 */
export class RegistrationAddress {
  constructor(private readonly source: Config['registrationNetwork']) {}

  of({ socket, headers }: ReceivedRequest): string | undefined {
    switch (this.source) {
      case 'off':
        return undefined;
      case 'connection':
        return socket.remoteAddress;
      case 'forwarded':
        return [headers['x-forwarded-for'] ?? []].flat().at(-1)?.split(',').at(-1)?.trim();
    }
  }
}
