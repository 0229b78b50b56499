// Lets plain Node import the TypeScript of this project without a build: for the test set-up and the document generators.
// `node --import ./scripts/typescript/register.mjs some-file.ts`
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
