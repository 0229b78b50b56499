/** A reason to stop that a person can act on. Printed without a stack. */
export class Problem extends Error {}

const KNOWN = [
  [/ENOSPC/, 'The disk is full. Free about 1.5 GB and run the command again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET/,
    'The npm registry is not reachable. Check the network or `npm config get registry`, then run the command again.',
  ],
  [/EACCES|EPERM|EROFS/, 'A file may not be written. Check who owns this folder and node_modules.'],
  [
    /EINTEGRITY/,
    'A package does not match package-lock.json. Run `npm cache clean --force`, then run the command again.',
  ],
  [
    /can only install packages when your package\.json and package-lock\.json/,
    'package.json and package-lock.json disagree. Run `npm install` and commit both.',
  ],
];

/** The sentence for what a tool printed, or `otherwise`. */
export const explain = (output, otherwise) => KNOWN.find(([pattern]) => pattern.test(output))?.[1] ?? otherwise;
