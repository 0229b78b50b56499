import { TOKEN_REQUEST_MEDIA_TYPE, TOKEN_RESPONSE_MEDIA_TYPE } from '@causeway/privacy-pass';
import { DEFAULT_TIMEOUT_MS, readProblem, type HttpOptions } from './http-call.js';
import { exchange } from './http-exchange.js';
import { GatewayUnreachableError } from './problem-error.js';

/**
 * One blind signature for one voucher. The token of the device does not go along: the issuer is not told who asks. Asked once, since a
 * voucher is used up by its answer, whether or not that arrives.
 */
export async function exchangeVoucher(
  { gateway, timeoutMs, signal }: HttpOptions,
  asked: { readonly path: string; readonly voucher: string; readonly request: Uint8Array },
): Promise<Uint8Array> {
  let answer;
  try {
    answer = await exchange({
      url: new URL(asked.path, gateway),
      method: 'POST',
      headers: {
        accept: `${TOKEN_RESPONSE_MEDIA_TYPE}, application/problem+json`,
        'content-type': TOKEN_REQUEST_MEDIA_TYPE,
        authorization: `Bearer ${asked.voucher}`,
      },
      body: asked.request,
      timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal,
    });
  } catch (cause) {
    throw new GatewayUnreachableError({ cause });
  }
  if (answer.status === 200) return answer.bytes;
  throw readProblem(answer.status, answer.text);
}
