import { StartupProblem } from '@causeway/platform';
import { returnValueOf, type Constants, type Cryptoki, type Pkcs11Library } from './pkcs11-library.js';

/** A module and where in it our keys are. */
export interface Pkcs11Settings {
  readonly library: Pkcs11Library;
  /** Shared library of the vendor. */
  readonly modulePath: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: () => Promise<string>;
}

/** One session with the user logged in. */
export interface Pkcs11Session {
  readonly cryptoki: Cryptoki;
  readonly constants: Constants;
  readonly handle: Buffer;
  readonly slot: Buffer;
}

/**
 * Opens a session when one is needed and drops everything after a failure, down to the vendor's library: a module that was pulled, restarted
 * or failed over is found anew by the next call. One process loads a module once, so there is one of these per module.
 */
export class Pkcs11Connection {
  #session: Pkcs11Session | undefined;
  #loaded: Cryptoki | undefined;
  /** Until a person has looked: asked again and again, a wrong PIN locks the token. */
  #refusal: StartupProblem | undefined;

  constructor(private readonly settings: Pkcs11Settings) {}

  async session(): Promise<Pkcs11Session> {
    this.#session ??= await this.#open();
    return this.#session;
  }

  /** The next call begins from nothing. */
  drop(): void {
    this.#session = undefined;
    const loaded = this.#loaded;
    this.#loaded = undefined;
    for (const end of [() => loaded?.C_Finalize(), () => loaded?.close()]) {
      try {
        end();
      } catch {
        // it is being given up because it failed
      }
    }
  }

  async #open(): Promise<Pkcs11Session> {
    if (this.#refusal) throw this.#refusal;
    const { library, modulePath, token } = this.settings;
    const { constants } = library;
    const pin = await this.settings.pin();
    const cryptoki = library.make();
    this.#loaded = cryptoki;
    cryptoki.load(modulePath);
    cryptoki.C_Initialize();
    const slot = cryptoki.C_GetSlotList(true).find((each) => cryptoki.C_GetTokenInfo(each).label.trim() === token);
    if (!slot) throw new Error('there is no such token');
    const handle = cryptoki.C_OpenSession(slot, constants.CKF_SERIAL_SESSION | constants.CKF_RW_SESSION);
    try {
      cryptoki.C_Login(handle, constants.CKU_USER, pin);
    } catch (cause) {
      const code = returnValueOf(cause);
      if (code === constants.CKR_PIN_INCORRECT || code === constants.CKR_PIN_LOCKED) this.#refusal = pinRefused(cause);
      if (this.#refusal) throw this.#refusal;
      if (code !== constants.CKR_USER_ALREADY_LOGGED_IN) throw cause;
    }
    return { cryptoki, constants, handle, slot };
  }
}

const pinRefused = (cause: unknown): StartupProblem =>
  new StartupProblem(
    'The hardware module refuses the PIN.',
    'Look at CAUSEWAY_PKCS11_PIN_FILE before you start again: modules lock after a few wrong ones.',
    { cause },
  );
