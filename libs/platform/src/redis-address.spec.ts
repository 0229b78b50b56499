import { describe, expect, it } from '@jest/globals';
import { parseRedisAddress } from './redis-address.js';

describe('the address of a Redis', () => {
  it('is one server, over TLS or not', () => {
    expect(parseRedisAddress('redis://127.0.0.1:6379')).toEqual({ kind: 'server', url: 'redis://127.0.0.1:6379' });
    expect(parseRedisAddress(' rediss://u:p@queue.internal ')).toEqual({
      kind: 'server',
      url: 'rediss://u:p@queue.internal',
    });
  });

  it('is a cluster when several nodes are named, or one as a node of a cluster', () => {
    expect(parseRedisAddress('redis://a:1, redis://b:2')).toEqual({
      kind: 'cluster',
      nodes: ['redis://a:1', 'redis://b:2'],
    });
    expect(parseRedisAddress('redis-cluster://a:1')).toEqual({ kind: 'cluster', nodes: ['redis://a:1'] });
    expect(parseRedisAddress('rediss-cluster://a:1')).toEqual({ kind: 'cluster', nodes: ['rediss://a:1'] });
  });

  it.each(['', ' , ', 'http://a:1', 'redis://a:1,rediss://b:2', 'redis://a:1,b:2', 'a:1', 'redis-sentinel://a:1'])(
    'is not %j',
    (text) => {
      expect(parseRedisAddress(text)).toBeUndefined();
    },
  );
});
