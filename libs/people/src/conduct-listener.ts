import type { TenantId } from '@causeway/message-model';

/** Told of what people do about each other, for whoever judges senders. Never rejects. */
export interface ConductListener {
  /** `sender` (an account) wrote to `recipient` (an address) and was answered, or asked and was granted. */
  answered(pair: { readonly tenant: TenantId; readonly sender: string; readonly recipient: string }): Promise<void>;
  blocked(pair: { readonly tenant: TenantId; readonly sender: string; readonly recipient: string }): Promise<void>;
}
