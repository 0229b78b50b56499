/**
 * Every problem a caller can be told about: the stable code, the HTTP status and the title of its RFC 9457 document.
 * A code, once published, never changes its meaning.
 */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not in the expected form' },
  'malformed-content': { status: 400, title: 'The content is not valid MIMI content' },
  'invalid-address': { status: 400, title: 'The address is not one we can use' },
  'idempotency-key-missing': { status: 400, title: 'This call needs an Idempotency-Key header' },
  unauthorized: { status: 401, title: 'The token is missing or not valid' },
  forbidden: { status: 403, title: 'This token may not do that' },
  'invite-required': { status: 403, title: 'Registration needs a valid invite' },
  'no-consent': { status: 403, title: 'There is no consent between the two accounts' },
  'interoperability-off': { status: 403, title: 'Writing to people of another native network is off for this account' },
  'code-wrong': { status: 403, title: 'The code is wrong, used or too old' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'This address does not answer that method' },
  'handle-taken': { status: 409, title: 'This handle is taken' },
  'idempotency-conflict': { status: 409, title: 'A request with this key is still running' },
  'device-mismatch': { status: 409, title: 'The envelopes do not match the devices of the account' },
  'device-list-stale': { status: 409, title: 'The device list is not newer than the stored one' },
  'edge-key-stale': { status: 409, title: 'The edge key does not outlive the deadline' },
  'route-changed': { status: 409, title: 'The plan the message was sealed for no longer holds' },
  'token-spent': { status: 409, title: 'This token was used before' },
  'already-reported': { status: 409, title: 'This message was reported before' },
  'not-cancellable': { status: 409, title: 'The message can no longer be cancelled' },
  'too-many-links': { status: 409, title: 'There is no room for another link or alias' },
  'no-bridge-number': { status: 409, title: 'No bridge number is free for this contact' },
  'retention-exceeded': { status: 409, title: 'The policies here do not let a message wait for so long' },
  'region-not-permitted': { status: 409, title: 'The route leaves the permitted regions' },
  'report-expired': { status: 410, title: 'The time to report this message is over' },
  'device-stale': { status: 410, title: 'A device was replaced since its session was made' },
  'payload-too-large': { status: 413, title: 'The body is larger than allowed' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'idempotency-mismatch': { status: 422, title: 'This key was used for another message' },
  'invalid-signature': { status: 422, title: 'A signature does not verify' },
  'invalid-statement': { status: 422, title: 'The downgrade statement does not permit this message' },
  'token-refused': { status: 422, title: 'The token does not answer a challenge that stands' },
  'report-not-genuine': { status: 422, title: 'The report does not prove that this message was carried' },
  'abnormal-usage-detected': { status: 429, title: 'Too many new people for now; your conversations go on' },
  'spending-limit-reached': { status: 429, title: 'As much was spent on telephones today as may be' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'purge-behind': { status: 503, title: 'The purge is behind; nothing new is stored for the moment' },
  unavailable: { status: 503, title: 'A part of the service is not reachable; try again' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** A code of the table. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What is said beyond the code; all of it leaves the process. */
export interface ProblemDetails {
  /** JSON pointer of the field at fault, for example `/to/contact`. */
  readonly pointer?: string;
  /** A sentence that is safe to show and to log: never content, a number, a key or a token. */
  readonly detail?: string;
  /** Extra members of the problem document, machine readable and equally safe. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A request we refuse. Anything else that is thrown is a bug. */
export class CausewayError extends Error {
  override readonly name = 'CausewayError';

  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails = {},
  ) {
    super(details.detail ?? PROBLEMS[code].title);
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}
