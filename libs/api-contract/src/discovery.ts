import { z } from 'zod';

/** `GET /.well-known/causeway`: what a device has to know of a gateway before it has an account there. */
export const gatewayDescriptionSchema = z.object({
  /** Host of native addresses where a registration does not name one: the first of `nativeHosts`. */
  nativeHost: z.string(),
  /** Hosts of the native networks here, each with handles and accounts of its own. */
  nativeHosts: z.array(z.string()).default([]),
  registration: z.enum(['open', 'invite']),
  /** Version of this contract, as in its paths. */
  version: z.literal('1'),
});
export type GatewayDescription = z.output<typeof gatewayDescriptionSchema>;
