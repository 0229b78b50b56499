import type { z } from 'zod';

/** Where each mode can strike; the first is meant where nothing is said. */
export type Strikes<Mode extends string, Operation extends string> = Readonly<
  Record<Mode, readonly [Operation, ...Operation[]]>
>;

/** The operation a fault is for. One that its mode cannot strike is refused: it would be used up and nobody would see anything. */
export function aim<Mode extends string, Operation extends string>(
  strikes: Strikes<Mode, Operation>,
  { mode, operation }: { readonly mode: Mode; readonly operation?: Operation | undefined },
  context: z.RefinementCtx,
): Operation {
  const possible = strikes[mode];
  if (operation === undefined) return possible[0];
  if (!possible.includes(operation))
    context.addIssue({ code: 'custom', path: ['operation'], message: `${mode} strikes only ${possible.join(', ')}` });
  return operation;
}
