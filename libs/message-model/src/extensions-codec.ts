import { CborSimple, CborTag, utf8 } from './bytes.js';
import { CONTENT_LIMITS, EXTENSION } from './content.js';
import { demand } from './malformed-content.js';

const POINTER = '/extensions';
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A lone surrogate has no UTF-8 form and would be replaced without a word. */
export const isUnicode = (text: string): boolean => !LONE_SURROGATE.test(text);

/** Refuses keys and values the draft does not allow; what passes is what both sides of the codec can hold. */
export function checkExtensions(extensions: unknown): ReadonlyMap<number | string, unknown> {
  demand(extensions instanceof Map, 'the extensions are not a map', POINTER);
  for (const [key, value] of extensions as Map<unknown, unknown>) {
    checkKey(key);
    if (key === EXTENSION.senderUri || key === EXTENSION.roomUri) {
      demand(typeof value === 'string', 'senderUri and roomUri are text', POINTER);
    }
    checkValue(value, 0);
  }
  return extensions as Map<number | string, unknown>;
}

function checkKey(key: unknown): void {
  if (typeof key === 'number') {
    demand(Number.isSafeInteger(key) && key !== 0, 'an integer extension key is not 0 and within 2^53-1', POINTER);
    return;
  }
  demand(typeof key === 'string' && isUnicode(key), 'an extension key is an integer or text', POINTER);
  const sizeBytes = utf8(key).length;
  demand(
    sizeBytes >= 1 && sizeBytes <= CONTENT_LIMITS.extensionKeyBytes,
    'a text extension key has 1 to 255 bytes',
    POINTER,
  );
}

/** `levels` counts the tags, maps and arrays around the value. */
function checkValue(value: unknown, levels: number): void {
  if (isScalar(value)) return;
  demand(levels < CONTENT_LIMITS.extensionLevels, 'an extension value is nested deeper than 4 levels', POINTER);
  if (value instanceof CborTag) {
    checkValue(value.contents, levels + 1);
  } else if (Array.isArray(value)) {
    for (const item of value) checkValue(item, levels + 1);
  } else {
    demand(value instanceof Map, 'an extension value is not a CBOR value we carry', POINTER);
    for (const [key, item] of value as Map<unknown, unknown>) {
      demand(isValueKey(key), 'map keys inside an extension are integers, text or bytes', POINTER);
      checkValue(item, levels + 1);
    }
  }
}

const isValueKey = (key: unknown): boolean =>
  Number.isSafeInteger(key) || (typeof key === 'string' && isUnicode(key)) || isPlainBytes(key);

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return isUnicode(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value);
  const isPlain = value === null || value === undefined || typeof value === 'boolean';
  return isPlain || isPlainBytes(value) || value instanceof CborSimple;
}

/** A Node `Buffer` is encoded as something else. */
const isPlainBytes = (value: unknown): boolean =>
  value instanceof Uint8Array && Object.getPrototypeOf(value) === Uint8Array.prototype;
