import { parseTenantId } from '@causeway/message-model';
import { z } from 'zod';
import { parseRedisAddress } from './redis-address.js';
import { parseRpcAddress } from './rpc-address.js';
import { Secret } from './secret.js';

/** How the text of a setting is read. */
export const text = z.string();
export const host = z.string().min(1).max(253);
/** Comma-separated host names; empty for none. */
export const hosts = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter((part) => part !== ''),
  )
  .pipe(
    z.array(
      z
        .string()
        .max(253)
        .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be host names'),
    ),
  );
export const port = z.coerce.number<string>().int().min(0).max(65_535);
export const optionalPort = z
  .string()
  .regex(/^\d*$/, 'must be empty or a port')
  .transform((line) => (line === '' ? undefined : Number(line)))
  .pipe(z.int().max(65_535).optional());
export const positive = z.coerce.number<string>().int().positive();
const list = z.string().transform((line) =>
  line
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
export const optionalUrl = (...schemes: readonly string[]) =>
  z.string().refine((line) => line === '' || (URL.canParse(line) && schemes.includes(new URL(line).protocol)), {
    error: `must be empty or start with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  });
export const optionalRedis = text.refine((line) => line === '' || parseRedisAddress(line) !== undefined, {
  error:
    'must be empty, one redis:// or rediss:// URL, several of one kind separated by commas, or redis-cluster:// or rediss-cluster://',
});
export const optionalSecret = z.string().transform((line) => (line === '' ? undefined : new Secret(line)));
/** What the Authorization header can carry (RFC 6750): anything else would be a token that lets nobody in. What names a sealed file is refused later, by its own reason. */
export const optionalBearer = z
  .string()
  .regex(/^(sealed:)?[A-Za-z0-9_.~+/=-]{0,200}$/, 'must be letters, digits and _ . ~ + / = -, at most 200')
  .pipe(optionalSecret);
export const tenant = z.string().transform((line, context) => {
  const id = parseTenantId(line);
  if (id) return id;
  context.addIssue('must be lower case letters, digits and hyphens, at most 63');
  return z.NEVER;
});
export const rpcAddresses = list.transform((items, context) =>
  items.flatMap((item) => {
    const address = parseRpcAddress(item);
    if (!address)
      context.addIssue('must be paths of sockets or tls://host:port, separated by commas; plain TCP is refused');
    return address ? [address] : [];
  }),
);
export const tlsAddresses = rpcAddresses.refine((addresses) => addresses.every(({ kind }) => kind === 'tls'), {
  error: 'must be tls://host:port, separated by commas',
});
export const namedPaths = list.transform((items, context) =>
  items.flatMap((item) => {
    const [, name, path] = /^([a-z][a-z0-9-]{0,31})=(.+)$/.exec(item) ?? [];
    if (name === undefined || path === undefined) context.addIssue('must be name=path, separated by commas');
    return name === undefined || path === undefined ? [] : [[name, path] as const];
  }),
);
export const namedCountries = list.transform((items, context) => {
  const pairs = items.flatMap((item) => {
    const [, name, country] = /^([a-z][a-z0-9-]{0,31})=([A-Z]{2})$/.exec(item) ?? [];
    if (name === undefined || country === undefined) context.addIssue('must be name=CC, separated by commas');
    return name === undefined || country === undefined ? [] : [[name, country] as const];
  });
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) context.addIssue('names something twice');
  return new Map<string, string>(pairs);
});
/** `US=20000,unproven=100`: daily limits by country, or by one of the names of the table. */
export const spendingLimits = list.transform((items, context) => {
  const pairs = items.flatMap((item) => {
    const [, name, limit] = /^([A-Z]{2}|unproven|country|all)=(\d{1,9})$/.exec(item) ?? [];
    if (name === undefined) context.addIssue('must be CC=number, unproven=, country= or all=, separated by commas');
    return name === undefined ? [] : [[name, Number(limit)] as const];
  });
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) context.addIssue('names something twice');
  return new Map<string, number>(pairs);
});
export const e164List = list.pipe(
  z.array(z.string().regex(/^\+[1-9]\d{1,14}$/, 'must be numbers like +14155550100, separated by commas')),
);
