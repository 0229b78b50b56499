import type { FolderLock } from './folder-key.js';

/** Where a device keeps everything, and what opens it. */
export type FolderOptions = { readonly folder: string } & FolderLock;

export interface RuntimeOptions {
  /** `socket` (the default) is pushed to at once; with `poll` nothing arrives but by calling `poll()`. */
  readonly delivery?: 'socket' | 'poll';
  /** Unix milliseconds; the system's clock unless a test says otherwise. */
  readonly nowMs?: () => number;
  /** Milliseconds until a call to the gateway counts as lost. */
  readonly timeoutMs?: number;
}

export type RegisterOptions = FolderOptions &
  RuntimeOptions & {
    readonly gateway: string;
    /** Local part of the address: `ada` of `mimi://causeway.local/u/ada`. */
    readonly handle: string;
    /** Host of the address; the gateway's own unless given. */
    readonly host?: string;
    readonly invite?: string;
  };

export type OpenOptions = FolderOptions & RuntimeOptions;
export type OfferOptions = FolderOptions & { readonly gateway: string };
export type JoinOptions = OpenOptions & { readonly ticket: string };
