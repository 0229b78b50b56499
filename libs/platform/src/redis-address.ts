/** Where a Redis or Valkey is: one server, or any nodes of one cluster, which then says itself who else belongs to it. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly [string, ...string[]] };

/** `redis-cluster://` names one node of a cluster; the form of the client's own URLs has no word for that. */
const CLUSTER_SCHEME = /^redis(s?)-cluster:/;
const CLIENT_SCHEME = /^rediss?:$/;

/**
 * Reads `redis://` or `rediss://` (TLS) as one server, several of them separated by commas as nodes of a cluster, and
 * `redis-cluster://` or `rediss-cluster://` as one node of a cluster. `undefined` when it is none of these, or when one node is
 * reached over TLS and another is not.
 */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const urls = items.map((item) => item.replace(CLUSTER_SCHEME, 'redis$1:'));
  const [first, ...others] = urls;
  if (first === undefined || !urls.every((url) => URL.canParse(url))) return undefined;
  const { protocol } = new URL(first);
  if (!CLIENT_SCHEME.test(protocol) || !others.every((url) => new URL(url).protocol === protocol)) return undefined;
  const isCluster = others.length > 0 || items.some((item) => CLUSTER_SCHEME.test(item));
  return isCluster ? { kind: 'cluster', nodes: [first, ...others] } : { kind: 'server', url: first };
}
