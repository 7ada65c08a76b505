/**
 * The single list of error codes. `docs/errors.md` says for each when it occurs and how to react.
 *
 * An expected refusal of a mutation is a value in its payload's `userErrors`. A request that cannot be served at all
 * gets a top-level error with `extensions.code`.
 */

/** Codes of `userErrors`, with their description in the schema. */
export const userErrorCodes = {
  INVALID_INPUT: 'A value breaks its rule; `message` says which.',
  TOO_LONG: 'A text is longer than allowed, or becomes too long when it is rendered; `message` says which.',
  EMPTY_TEXT: 'A text contains nothing that a reader could see.',
  EMAIL_TAKEN: 'An account with this e-mail address exists.',
  WRONG_CREDENTIALS: 'The e-mail address or the password is wrong.',
  EMAIL_UNCONFIRMED: 'The e-mail address of this account is not confirmed yet.',
  LINK_INVALID: 'The link is unknown, used or expired: ask for another one.',
  MAIL_OFF: 'This service sends no mail, which this needs.',
  CHALLENGE_INVALID:
    'The challenge, or the answer of the passkey to it, is unknown, used, expired or wrong: begin again.',
  PASSKEY_COPIED:
    'This passkey has counted backwards, as a copy of it does. It was not accepted: remove it, and add a new one.',
  SECOND_FACTOR_REQUIRED: 'The password alone does not suffice for this account: prove a passkey of it.',
  SESSION_ENDED: 'The refresh token is unknown, used up or expired, or its session was ended: sign in again.',
  LOGIN_EXPIRED: 'The sign-in is unknown, used or expired, or began in another browser: begin again.',
  LOGIN_UNVERIFIED:
    'The other site has not confirmed an e-mail address of this person, which a new account needs.',
  LOGIN_NOT_LINKED:
    'An account has this e-mail address, and the other site’s word does not suffice to link it: sign in otherwise, and link the login on the account’s page.',
  LOGIN_TAKEN: 'This login belongs to another account.',
  LAST_LOGIN: 'The account has no password and no other login: it would have no way to sign in.',
  TOKEN_INVALID: 'The signed token is refused; `message` says why.',
  ACCOUNT_SUSPENDED: 'Your account is suspended: you can read, but not write.',
  LAST_ADMINISTRATOR: 'No other administrator would be left who may act.',
  NOT_FOUND: 'The object does not exist, or you may not see it.',
  FORBIDDEN: 'You may not do this.',
  WRONG_STATUS: 'The state of the object does not allow this.',
  SLUG_TAKEN: 'Another article has this slug.',
  CANONICAL_URL_TAKEN: 'Another article has this canonical address.',
  COMMENTS_CLOSED: 'The article accepts no comments.',
  SLOW_MODE:
    'The article is in slow mode, and your last comment on it is too recent: `retryAt` says until when.',
  TEXT_REFUSED: 'The text contains words that are not accepted here; `message` names them.',
  ARTICLE_URL_NOT_ALLOWED:
    'There is no article with this address, and a comment can not begin one: the address is of no site that may, or the service does not allow it.',
  ARTICLE_URL_UNAVAILABLE:
    'There is no article with this address, and a comment can not begin one: the page does not answer as it has to, or has no thread here.',
  PARENT_REMOVED: 'The comment replied to was removed.',
  NESTED_TOO_DEEP: 'A reply here would be nested too deep; reply to a comment further up.',
  COMMENT_REMOVED: 'The comment was removed.',
  EDIT_WINDOW_OVER: 'The time in which a comment can be edited is over.',
  STALE_REVISION: 'The object has changed since the revision that you expect: read it again.',
  ALREADY_DECIDED:
    'The comment does not wait any more: somebody has decided, or its author has taken it back.',
  CLAIMED: 'Another moderator works on it.',
  ALREADY_APPEALED: 'You have appealed against this decision already.',
  DECISION_NOT_UNDOABLE: 'The decision can not be undone any more; `message` says why.',
  ALREADY_ENDORSED: 'You have endorsed this article already.',
  FUNDING_OFF: 'This service takes no money, or not in the mode of this campaign.',
  CAMPAIGN_EXISTS: 'The article has a campaign already.',
  CAMPAIGN_CLOSED: 'The campaign takes no pledges: it is not live, or over.',
  ALREADY_PLEDGED: 'You have pledged to the open milestone already: change that pledge.',
  INSUFFICIENT_FUNDS: 'The campaign does not hold as much money.',
  PROVIDER_UNAVAILABLE: 'The payment provider did not answer: try again with the same idempotency key.',
  LIMIT_REACHED: 'There are as many as there may be; `message` says how many.',
  IDEMPOTENCY_KEY_REUSED: 'This idempotency key was used before with other input.',
} as const;

export type UserErrorCode = keyof typeof userErrorCodes;

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

  constructor(code: UserErrorCode, field?: readonly string[], message: string = userErrorCodes[code]) {
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
