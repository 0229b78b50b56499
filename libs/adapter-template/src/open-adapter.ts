import type { ClearAdapter, AdapterSurroundings } from '@causeway/network-adapter';
import { Secret } from '@causeway/platform';
import { z } from 'zod';
import { TemplateAdapter } from './template-adapter.js';

const settings = z.object({
  apiUrl: z.url(),
  apiKey: z.string().min(1),
  webhookSecret: z.string().min(16),
  isSimulated: z.boolean().default(false),
});

/** What the edge calls at its start, with the settings of this network out of the operator's file. Throws when they do not fit. */
export function openAdapter({ settings: given, publicWebhookUrl, clock }: AdapterSurroundings): ClearAdapter {
  const { apiUrl, apiKey, webhookSecret, isSimulated } = settings.parse(given);
  return new TemplateAdapter({
    apiUrl,
    apiKey: new Secret(apiKey),
    webhookSecret: new Secret(webhookSecret),
    publicWebhookUrl,
    clock,
    isSimulated,
  });
}
