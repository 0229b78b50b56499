import { policiesSchema } from '@causeway/api-contract';
import { TENANT_CLASSES } from '@causeway/message-model';
import { loadConfig, operatorToken, StartupProblem } from '@causeway/platform';
import type { Invocation } from '../command.js';
import { describeSeconds } from '../device/describe-seconds.js';
import { parseSeconds } from '../device/parse-seconds.js';
import { Terminal } from '../terminal.js';

/** `causeway retention tenant`: how long something is kept for everybody of the tenant, within the bounds of the table. */
export async function retentionTenant(invocation: Invocation): Promise<void> {
  const [typed = '', time = ''] = invocation.arguments;
  const name = TENANT_CLASSES.find((each) => each === typed);
  if (!name) throw new StartupProblem('A tenant does not change this.', `It changes ${TENANT_CLASSES.join(', ')}.`);
  const gateway = invocation.option('gateway') ?? 'http://127.0.0.1:7400';
  const token = (await operatorToken(loadConfig(invocation.env))).reveal();
  const answer = await fetch(new URL('/v1/operator/retention/policies', gateway), {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ class: name, keepSeconds: parseSeconds(time) }),
  }).catch(() => undefined);
  if (answer?.status === 400)
    throw new StartupProblem('This is out of the bounds of the class.', 'See causeway retention show.');
  const held = answer?.ok ? policiesSchema.safeParse(await answer.json()) : undefined;
  if (!held?.success)
    throw new StartupProblem(
      answer ? `The gateway refused: ${answer.status}.` : 'The gateway does not answer.',
      'Name it with --gateway, and its token with CAUSEWAY_OPERATOR_TOKEN or its data folder.',
    );
  const policy = held.data.policies.find((each) => each.class === name);
  if (policy) new Terminal().row(name, `${describeSeconds(policy.keepSeconds)}, decided by: ${policy.decidedBy}`);
}
