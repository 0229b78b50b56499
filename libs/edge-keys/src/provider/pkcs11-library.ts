import { createRequire } from 'node:module';
import { join } from 'node:path';
import { StartupProblem } from '@causeway/platform';

/** The part of the package `pkcs11js` (2.x) that is used; OASIS PKCS #11 2.40 has the meaning of each call. */
export interface Cryptoki {
  load(path: string): void;
  close(): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(isTokenPresent: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { readonly label: string };
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_Login(session: Buffer, userType: number, pin: string): void;
  C_GenerateKey(session: Buffer, mechanism: Mechanism, template: Template): Buffer;
  C_DestroyObject(session: Buffer, object: Buffer): void;
  C_FindObjectsInit(session: Buffer, template: Template): void;
  C_FindObjects(session: Buffer, most: number): Buffer[];
  C_FindObjectsFinal(session: Buffer): void;
  C_GetAttributeValue(session: Buffer, object: Buffer, template: Template): { readonly value: Buffer }[];
  C_EncryptInit(session: Buffer, mechanism: Mechanism, key: Buffer): void;
  C_EncryptAsync(session: Buffer, plaintext: Buffer, room: Buffer): Promise<Buffer>;
  C_DecryptInit(session: Buffer, mechanism: Mechanism, key: Buffer): void;
  C_DecryptAsync(session: Buffer, ciphertext: Buffer, room: Buffer): Promise<Buffer>;
}

type Template = { readonly type: number; readonly value?: number | boolean | string | Buffer }[];

interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: object;
}

/** Constants by their names in the standard. */
const NAMES = [
  'CKF_SERIAL_SESSION',
  'CKF_RW_SESSION',
  'CKU_USER',
  'CKO_SECRET_KEY',
  'CKK_AES',
  'CKM_AES_KEY_GEN',
  'CKM_AES_GCM',
  'CK_PARAMS_AES_GCM_v240',
  'CKA_CLASS',
  'CKA_KEY_TYPE',
  'CKA_TOKEN',
  'CKA_PRIVATE',
  'CKA_SENSITIVE',
  'CKA_EXTRACTABLE',
  'CKA_ENCRYPT',
  'CKA_DECRYPT',
  'CKA_VALUE_LEN',
  'CKA_LABEL',
  'CKR_USER_ALREADY_LOGGED_IN',
  'CKR_PIN_INCORRECT',
  'CKR_PIN_LOCKED',
] as const;

export type Constants = Readonly<Record<(typeof NAMES)[number], number>>;

export interface Pkcs11Library {
  readonly constants: Constants;
  make(): Cryptoki;
}

/**
 * The package where the operator installed it. It compiles when it is installed, so it is none of ours (ADR 0008): `folder` is the one
 * with `node_modules` in it. Throws `StartupProblem` when it is not there.
 */
export function loadPkcs11(folder: string): Pkcs11Library {
  let found: unknown;
  try {
    found = createRequire(join(folder, 'package.json'))('pkcs11js');
  } catch (cause) {
    throw new StartupProblem(
      `The package pkcs11js cannot be loaded from ${folder}.`,
      'Install it there (npm install pkcs11js@2, which compiles) and name that folder in CAUSEWAY_PKCS11_PACKAGE_FOLDER.',
      { cause },
    );
  }
  const member = (name: string): unknown => Reflect.get(Object(found), name);
  const Library = member('PKCS11');
  const constants = Object.fromEntries(NAMES.map((name) => [name, member(name)]));
  if (!isMaker(Library) || !areConstants(constants))
    throw new StartupProblem(`The package pkcs11js in ${folder} is of another release.`, 'Install pkcs11js@2.');
  return { constants, make: () => new Library() };
}

const isMaker = (value: unknown): value is new () => Cryptoki => typeof value === 'function';

const areConstants = (values: Readonly<Record<string, unknown>>): values is Constants =>
  NAMES.every((name) => typeof values[name] === 'number');

/** Return value of the standard that a call failed with; `undefined` when it was something else that failed. */
export const returnValueOf = (thrown: unknown): number | undefined =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'number'
    ? thrown.code
    : undefined;
