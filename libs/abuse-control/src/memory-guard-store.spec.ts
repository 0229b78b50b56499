import { MemoryGuardStore } from './memory-guard-store.js';
import { describeGuardStore } from './testing/index.js';

describeGuardStore('memory', async () => ({ store: new MemoryGuardStore(), close: async () => undefined }));
