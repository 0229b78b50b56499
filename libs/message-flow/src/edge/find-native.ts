import type { AccountId, TenantId } from '@causeway/message-model';
import type { Findee } from '@causeway/storage';
import type { EdgeContext } from './edge-context.js';
import { linkedNumberAad } from './number-at-rest.js';

type Parts = Pick<EdgeContext, 'keys' | 'links' | 'clock'>;

/**
 * The native account of the person who linked a number, for an asker who may find them by it; `null` for all others alike. "People whose
 * number I have" holds when a number the asker proved is among the owner's contacts; what the asker proved is looked up in any case, so
 * that the work depends on the asker and never on whose number it is.
 */
export async function findNative(
  edge: Parts,
  asker: { readonly tenant: TenantId; readonly account: AccountId },
  e164: string,
): Promise<Findee | null> {
  const { keys, links, clock } = edge;
  const own = (await links.numbersOf(asker, clock.now())).flatMap(({ tenant, link, sealedNumber }) => {
    const number = keys.openAtRest(sealedNumber, linkedNumberAad(tenant, link));
    return number ? [Buffer.from(number).toString('utf8')] : [];
  });
  return links.findable({
    asker,
    numberDigests: keys.numberDigests('link', asker.tenant, e164).map(({ digest }) => digest),
    askerDigests: own.flatMap((number) =>
      keys.numberDigests('contact', asker.tenant, number).map(({ digest }) => digest),
    ),
    now: clock.now(),
  });
}
