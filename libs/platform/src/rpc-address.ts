import { isAbsolute, resolve } from 'node:path';

/** Where a process of ours answers questions: a Unix socket, or a host reached over mutual TLS. There is no third way. */
export type RpcAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tls'; readonly host: string; readonly port: number };

const TLS_ADDRESS = /^tls:\/\/(\[[0-9a-f:]+\]|[a-z0-9.-]+):(\d{1,5})$/i;

/** Reads `tls://host:port`, or the path of a socket with or without `unix:`. `undefined` when it is neither. */
export function parseRpcAddress(text: string): RpcAddress | undefined {
  const [, host, port] = TLS_ADDRESS.exec(text) ?? [];
  if (host && port)
    return Number(port) > 0 && Number(port) < 65_536 ? { kind: 'tls', host, port: Number(port) } : undefined;
  const path = text.startsWith('unix:') ? text.slice('unix:'.length) : text;
  return isAbsolute(path) || path.startsWith('.') ? { kind: 'socket', path: resolve(path) } : undefined;
}
