import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Events } from './events.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, problemOf } from './problem-document.js';
import { offeredChallenges } from './offered-challenges.js';
import { rateLimitIn } from './rate-limit-in.js';

/** What is used of Fastify's reply. */
interface Reply {
  header(name: string, value: string): Reply;
  code(status: number): Reply;
  send(body: Buffer): unknown;
}

/**
 * Turns everything a controller or the framework throws into a problem document: `useGlobalFilters(new ProblemFilter(events))`.
 * What is not a refusal is a bug: it is logged by its class and frames, and answered as `internal` without a word of it.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly events: Events) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    this.answer(thrown, host.switchToHttp().getResponse<Reply>());
  }

  /** For what the framework refuses before it knows a route: a path that is no path. */
  answer(thrown: unknown, reply: Reply): void {
    const problem = problemOf(thrown);
    if (problem.code === 'internal') this.events.bugCaught({ component: 'http', thrown });
    this.events.problemAnswered({ code: problem.code, status: problem.status });
    const document = problemDocument(problem);
    const retryAfterSeconds = document['retryAfterSeconds'];
    if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    const offers = offeredChallenges(document);
    if (offers.length > 0) reply.header('www-authenticate', offers.join(', '));
    const limit = rateLimitIn(document);
    if (limit) {
      reply.header('ratelimit-policy', `"${limit.policy}";q=${limit.quota};w=${limit.windowSeconds}`);
      reply.header('ratelimit', `"${limit.policy}";r=0;t=${limit.resetSeconds}`);
    }
    // as bytes: to a text Fastify adds a charset, which JSON does not have
    reply
      .code(problem.status)
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .send(Buffer.from(JSON.stringify(document)));
  }
}
