/** Type and subtype in lower case, without parameters. */
export const mediaTypeOf = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

/** A text part says UTF-8, or says nothing, or says ASCII, which is UTF-8. */
export function isUtf8Text(contentType: string): boolean {
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  return charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}
