/**
 * The codes of errors. `docs/errors.md` says for each when it occurs and how to react.
 *
 * An expected refusal of a mutation is a value in its payload's `userErrors`. A request that cannot be served at all
 * gets a top-level error with `extensions.code`.
 */

/** Codes of `userErrors`. Features add theirs (`declare module`), and declare them. */
export interface UserErrorCodes {
  readonly INVALID_INPUT: true;
  readonly TOO_LONG: true;
  readonly EMPTY_TEXT: true;
  readonly EMAIL_UNCONFIRMED: true;
  readonly MAIL_OFF: true;
  readonly ACCOUNT_SUSPENDED: true;
  readonly NOT_FOUND: true;
  readonly FORBIDDEN: true;
  readonly WRONG_STATUS: true;
  readonly STALE_REVISION: true;
  readonly LIMIT_REACHED: true;
  readonly IDEMPOTENCY_KEY_REUSED: true;
}
export type UserErrorCode = keyof UserErrorCodes;

/** One code, as `docs/errors.md` and the schema tell of it. */
export interface ErrorDeclaration {
  /** For people: what a refusal says that has no message of its own, and the description in the schema. */
  readonly describe: string;
  /** When it occurs. */
  readonly when: string;
  /** What a client does about it. */
  readonly react: string;
}

export type ErrorDeclarations = Readonly<Partial<Record<UserErrorCode, ErrorDeclaration>>>;

const messages = new Map<string, string>();

/** Declares codes, so that refusals have their texts. */
export function defineErrors<const Declared extends ErrorDeclarations>(declared: Declared): Declared {
  for (const [code, { describe }] of Object.entries<ErrorDeclaration>(declared)) messages.set(code, describe);
  return declared;
}

/** What a refusal says that has no message of its own. */
export const messageOf = (code: UserErrorCode): string => messages.get(code) ?? code;

/** Codes of refusals by whatever feature. */
export const platformErrors = defineErrors({
  INVALID_INPUT: {
    describe: 'A value breaks its rule; `message` says which.',
    when: 'A value breaks its rule; `message` says which rule.',
    react: 'Correct the value at `field`.',
  },
  TOO_LONG: {
    describe: 'A text is longer than allowed, or becomes too long when it is rendered; `message` says which.',
    when: 'A text is longer than allowed, or its rendering would take too much HTML or work; `message` says which.',
    react: 'Shorten the text; split long paragraphs.',
  },
  EMPTY_TEXT: {
    describe: 'A text contains nothing that a reader could see.',
    when: 'A text contains nothing that a reader could see: only white space, invisible characters or empty Markdown.',
    react: 'Write something.',
  },
  EMAIL_UNCONFIRMED: {
    describe: 'The e-mail address of this account is not confirmed yet.',
    when: 'The service sends mail, and nobody has proven that the account’s address is theirs.',
    react: '`requestEmailConfirmation` has a link mailed; `confirmEmail` takes it.',
  },
  MAIL_OFF: {
    describe: 'This service sends no mail, which this needs.',
    when: 'The service sends no mail, which this needs.',
    react: 'Ask the publisher.',
  },
  ACCOUNT_SUSPENDED: {
    describe: 'Your account is suspended: you can read, but not write.',
    when: 'Your account is suspended: you can read, but not write. `suspension` of the error says why, and until when.',
    react: 'Contact the editors.',
  },
  NOT_FOUND: {
    describe: 'The object does not exist, or you may not see it.',
    when: 'The object does not exist, or this viewer may not see it.',
    react: 'Query again.',
  },
  FORBIDDEN: {
    describe: 'You may not do this.',
    when: 'The viewer may not do this (if `Viewer.mustProveSecondFactor`, not before a [second factor](accounts.md#passkeys)): the comment is somebody else’s, or the viewer’s own and cannot be reported, or the viewer lacks a role.',
    react: 'Query the `viewerCan…` fields first.',
  },
  WRONG_STATUS: {
    describe: 'The state of the object does not allow this.',
    when: 'The state of the object does not allow this; `message` says more where it can.',
    react: 'Query again.',
  },
  STALE_REVISION: {
    describe: 'The object has changed since the revision that you expect: read it again.',
    when: 'The object was changed since `expectedRevision` or `expectedUpdatedAt`, or it has a new text that waits for approval and that the mutation did not name.',
    react: 'Read the object again, then decide again.',
  },
  LIMIT_REACHED: {
    describe: 'There are as many as there may be; `message` says how many.',
    when: 'There are as many as there may be: an account has 10 [passkeys](accounts.md#passkeys), 20 [logins of other sites](single-sign-on.md), 20 [machine tokens](tokens.md) and 200 [mutes](notifications.md#muting) of people, and as many of articles and threads, at most, a service 50 service accounts.',
    react: 'Remove a passkey or a login, revoke a token, or erase a service account, that is not needed.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    describe: 'This idempotency key was used before with other input.',
    when: 'The key was used before with other input.',
    react: 'Make a key for each thing that you post, and reuse it only for retries.',
  },
});

/** Codes of `extensions.code` of top-level errors. */
export const requestErrorCodes = {
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL, or has too many tokens.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  BAD_USER_INPUT: 'A variable or argument has a value that its type or its bounds refuse.',
  BAD_REQUEST: 'The HTTP request is not a well-formed GraphQL request.',
  OPERATION_RESOLUTION_FAILURE: '`operationName` names no operation of the document.',
  QUERY_TOO_DEEP: 'The selection nests deeper than allowed.',
  TOO_MANY_ALIASES: 'The document has more aliases than allowed.',
  QUERY_TOO_COSTLY: 'The operation may return more than one request is allowed to.',
  PERSISTED_QUERY_NOT_FOUND: 'The hash of a persisted query is unknown: send the document too.',
  PERSISTED_QUERY_HASH_MISMATCH:
    'The hash of a persisted query is not the SHA-256 of the document beside it.',
  OPERATION_NOT_TRUSTED:
    'This service runs only the operations of its manifest, and this operation is not in it.',
  ORIGIN_NOT_ALLOWED: 'Pages of this origin may not use the service: ALLOWED_ORIGINS does not list it.',
  SUBSCRIPTIONS_ONLY: 'Live connections take subscriptions; send queries and mutations to /graphql by HTTP.',
  TOO_MANY_SUBSCRIPTIONS: 'This socket has as many subscriptions as it may.',
  UNAUTHENTICATED: 'The token is missing, wrong, expired or revoked, or its session ended.',
  FORBIDDEN: 'You may not do this, or this token may not.',
  PROOF_REQUIRED:
    'This takes a proof of who you are that is at most ten minutes old: prove it, and send the request again.',
  NOT_FOUND:
    'There is nothing at this address, or the article to listen to does not exist, or you may not see it.',
  ARTICLE_RESET:
    '`commentAdded` cannot resume from its cursor: query the article again and subscribe from `extensions.cursor`.',
  RATE_LIMITED: 'Too many requests; `extensions.retryAfterSeconds` says when to come back.',
  UNAVAILABLE: 'The database can not be reached, or takes no writes, at the moment: try again.',
  INTERNAL_SERVER_ERROR: 'A fault of the service, logged under `extensions.errorId`.',
} as const;

export type RequestErrorCode = keyof typeof requestErrorCodes;

/** Most `userErrors` in the payload of one mutation. */
export const maxUserErrors = 20;

/** One expected refusal: `field` is the path inside the mutation's `input`. */
export interface UserErrorValue {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly field?: readonly string[] | undefined;
  /** When the same request would not be refused for this reason any more; absent: it is not a question of time. */
  readonly retryAt?: Date | undefined;
}

/** The outcome of a command: a value, or the reasons of its refusal (in which case nothing was written). */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly userErrors: readonly UserErrorValue[] };

/** Thrown inside a command to refuse it; the transaction is rolled back and the caller gets a `Result`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly userErrors: readonly UserErrorValue[];

  constructor(code: UserErrorCode, field?: readonly string[], message: string = messageOf(code)) {
    super(message);
    this.userErrors = [{ code, message, field }];
  }

  /** A refusal for several reasons at once. */
  static of(first: UserErrorValue, ...others: readonly UserErrorValue[]): Refusal {
    const refusal = new Refusal(first.code, first.field, first.message);
    return Object.assign(refusal, { userErrors: [first, ...others] });
  }
}

/**
 * Runs all checks of one input, so that all faults are reported at once.
 * @throws Refusal with the faults of all checks
 */
export function requireAll<T extends readonly unknown[]>(...checks: { [K in keyof T]: () => T[K] }): T {
  const faults: UserErrorValue[] = [];
  const values = checks.map((check: () => unknown) => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      faults.push(...error.userErrors);
      return undefined;
    }
  });
  const [first, ...others] = faults;
  if (first) throw Refusal.of(first, ...others);
  return values as unknown as T;
}

/** Runs a command and turns a `Refusal` into a value; any other error passes through. */
export async function refusable<T>(command: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await command() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, userErrors: error.userErrors };
    throw error;
  }
}

/** A request that cannot be served, for a reason that its sender may know. Reported as a top-level error. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: RequestErrorCode,
    message: string = requestErrorCodes[code],
    details: Record<string, unknown> = {},
  ) {
    // Expected, and created for every request over a limit: a stack trace would cost more than the rest of the refusal.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.details = details;
  }
}

/** A request arrives while the service shuts down: no fault, although it is UNAVAILABLE. */
export class ShuttingDownError extends RequestError {
  constructor() {
    super('UNAVAILABLE', 'The service is shutting down: try again.');
  }
}
