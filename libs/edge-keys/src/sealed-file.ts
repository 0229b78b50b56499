import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import { readPrivateFile, syncFolder, writePrivateFile } from './private-folder.js';
import { openEnvelope, readEnvelope, sealEnvelope, type Envelope } from './provider/envelope.js';
import { wrappingKeyIdOf, type KeyContext, type KeyProvider } from './provider/key-provider.js';

/** What has reached the disk. A crash right after any of them loses nothing: the sealed file names the key it is under. */
export type ReplaceStep = 'wrapping-key-made' | 'draft-written' | 'draft-renamed' | 'old-keys-destroyed';

export interface SealedPlace {
  readonly folder: string;
  /** Kebab-case; the file is `<name>.sealed`, and the purpose of its wrapping keys. */
  readonly name: string;
  readonly provider: KeyProvider;
  readonly owner: Pick<KeyContext, 'tenant' | 'region'>;
}

/**
 * One small file that is only ever written anew, each time under a wrapping key of its own, and the one before is destroyed: what it held,
 * wherever a copy of its blocks may rest, is noise then. A crash at any moment leaves the state before or after.
 */
export class SealedFile {
  #version = 0;

  constructor(private readonly place: SealedPlace) {}

  /**
   * The plaintext; `undefined` when there is no file; throws `StartupProblem` when it is there and does not open, or is of another tenant
   * or region, and `KeyProviderAway`. Finishes what an interrupted replacement began.
   */
  async open(): Promise<Bytes | undefined> {
    const opened = await this.#read();
    await this.#tidy(opened?.keyId ?? `${this.place.name}-none`);
    await syncFolder(this.place.folder);
    return opened?.plaintext;
  }

  /** The same, changing nothing: for a process that only reads what another one replaces. */
  async peek(): Promise<Bytes | undefined> {
    return (await this.#read())?.plaintext;
  }

  async #read(): Promise<{ readonly plaintext: Bytes; readonly keyId: string } | undefined> {
    const { name, provider } = this.place;
    const bytes = await readPrivateFile(this.#path);
    if (!bytes) return undefined;
    const envelope = readEnvelope(bytes);
    if (!envelope || envelope.context.purpose !== name) throw unreadable(this.#path);
    this.#refuseOtherOwner(envelope);
    const plaintext = await openEnvelope(provider, envelope);
    if (!plaintext) throw unreadable(this.#path);
    this.#version = envelope.context.version;
    return { plaintext, keyId: wrappingKeyIdOf(envelope.wrappedKey) ?? '' };
  }

  async replace(plaintext: Uint8Array): Promise<void> {
    for await (const _step of this.replaceInSteps(plaintext)) continue;
  }

  /** Open it before: versions count on from what is there. */
  async *replaceInSteps(plaintext: Uint8Array): AsyncGenerator<ReplaceStep> {
    const { folder, name, provider, owner } = this.place;
    const keyId = await provider.makeKey(name);
    yield 'wrapping-key-made';

    const context = { ...owner, purpose: name, version: this.#version + 1 };
    const sealed = await sealEnvelope(provider, { context, keyId }, plaintext);
    await rm(this.#draft, { force: true });
    await writePrivateFile(this.#draft, sealed);
    yield 'draft-written';

    await rename(this.#draft, this.#path);
    await syncFolder(folder);
    this.#version = context.version;
    yield 'draft-renamed';

    await this.#tidy(keyId);
    yield 'old-keys-destroyed';
  }

  /**
   * Puts what is here under another provider, and destroys its wrapping keys of this one. Interrupted at any moment, the file is under one of
   * them; repeating finishes.
   */
  async moveTo(provider: KeyProvider): Promise<void> {
    const { name } = this.place;
    const bytes = await readPrivateFile(this.#path);
    const moved = new SealedFile({ ...this.place, provider });
    if (bytes && readEnvelope(bytes)?.kind !== provider.kind) {
      const plaintext = await this.peek();
      moved.#version = this.#version;
      if (plaintext) await moved.replace(plaintext).finally(() => plaintext.fill(0));
    } else await moved.open();
    await this.place.provider.destroyAllBut(name, '');
  }

  async #tidy(keyIdInUse: string): Promise<void> {
    await rm(this.#draft, { force: true });
    await this.place.provider.destroyAllBut(this.place.name, keyIdInUse);
  }

  #refuseOtherOwner({ kind, context }: Envelope): void {
    const { owner, provider } = this.place;
    if (kind !== provider.kind)
      throw new StartupProblem(
        `${this.#path} is under the key provider ${kind}, and this process uses ${provider.kind}.`,
        `Set CAUSEWAY_KEY_PROVIDER=${kind}.`,
      );
    if (context.region !== owner.region)
      throw new StartupProblem(
        `${this.#path} belongs to region ${context.region}, and this process is of region ${owner.region}.`,
        'Give each region a key folder of its own.',
      );
    if (context.tenant !== owner.tenant)
      throw new StartupProblem(
        `${this.#path} belongs to tenant ${context.tenant}, and this process to tenant ${owner.tenant}.`,
        'Give each tenant a key folder of its own.',
      );
  }

  get #path(): string {
    return join(this.place.folder, `${this.place.name}.sealed`);
  }

  get #draft(): string {
    return join(this.place.folder, `${this.place.name}.sealed.draft`);
  }
}

const unreadable = (path: string): StartupProblem =>
  new StartupProblem(
    `${path} does not open: it was changed, or its wrapping key is gone.`,
    'Restore the whole folder from one copy, or start with an empty one and a new edge identity.',
  );
