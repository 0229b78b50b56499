/**
 * A reason not to start that a person can act on: one sentence of what is wrong and one of what to do.
 * A process prints `message` and leaves with status 1; there is no stack worth showing. A retry without a change fails again.
 */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';

  constructor(
    readonly problem: string,
    readonly whatToDo: string,
    options?: ErrorOptions,
  ) {
    super(`${problem} ${whatToDo}`, options);
  }
}
