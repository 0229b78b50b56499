import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = new URL('../../', import.meta.url);
const OURS = /^@causeway\/([^/]+)(\/(?:testing|edge|server))?$/;

/** `@causeway/x` is the door of a lib, and a relative `.js` may be a `.ts` that was not compiled. */
export async function resolve(specifier, context, next) {
  const [, lib, side] = OURS.exec(specifier) ?? [];
  if (lib)
    return {
      url: new URL(`libs/${lib}/src/${side ? `${side.slice(1)}/` : ''}index.ts`, root).href,
      format: 'module',
      shortCircuit: true,
    };
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.startsWith('file:')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2023',
      keepClassNames: true,
    },
    module: { type: 'es6' },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
