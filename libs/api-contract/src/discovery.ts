import { z } from 'zod';

/** `GET /.well-known/causeway`: what a device has to know of a gateway before it has an account there. */
export const gatewayDescriptionSchema = z.object({
  /** Host of every native address of this gateway. */
  nativeHost: z.string(),
  registration: z.enum(['open', 'invite']),
  /** Version of this contract, as in its paths. */
  version: z.literal('1'),
});
export type GatewayDescription = z.output<typeof gatewayDescriptionSchema>;
