import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import type { Events } from './events.js';
import { problemOf } from './problem-document.js';

/** The counterpart of `ProblemFilter` for questions between our processes; `PrivateClient` turns it back into the error. */
@Catch()
export class RpcProblemFilter implements RpcExceptionFilter {
  constructor(private readonly events: Events) {}

  catch(thrown: unknown): Observable<never> {
    const problem = problemOf(thrown);
    if (problem.code === 'internal') this.events.bugCaught({ component: 'rpc', thrown });
    return throwError(() => ({ problem: problem.code, ...problem.details }));
  }
}
