import http from 'node:http';
import https from 'node:https';

export interface Posting {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Gives up. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Posts over connections that stay open: many small webhooks a second are most of what a carrier does. Follows no redirect. */
export class Poster {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  } as const;

  /** The status of the answer, read to its end. Throws when nobody answers in time. */
  post(url: string, { headers, body, signal, timeoutMs }: Posting): Promise<number> {
    const { request } = url.startsWith('https:') ? https : http;
    const agent = this.agents[url.startsWith('https:') ? 'https:' : 'http:'];
    return new Promise((resolve, reject) => {
      const posting = request(url, { method: 'POST', agent, headers, signal }, (answer) => {
        answer.on('end', () => resolve(answer.statusCode ?? 0)).on('error', reject);
        answer.resume();
      });
      const patience = setTimeout(() => posting.destroy(new Error('no answer in time')), timeoutMs);
      posting.on('error', reject).on('close', () => clearTimeout(patience));
      posting.end(body);
    });
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}
