/** What BullMQ runs on. */
export type Backend = 'postgres' | 'redis';

export const BACKEND_NAMES: Readonly<Record<Backend, string>> = { postgres: 'PostgreSQL', redis: 'Redis' };
