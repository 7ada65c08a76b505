/**
 * The embedded database cannot be used. The message is written for the person who started Standfirst: it says what
 * is wrong and what to do about it, so it can be printed as it is, without a stack.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';
}

/** The folder belongs to another running Standfirst. Starting again makes no sense until that one has stopped. */
export class FolderInUseError extends EmbeddedPostgresError {
  override readonly name = 'FolderInUseError';
}

/**
 * The code of a system error (`ENOENT`) or of an SQL error (`57P03`), or '' where there is none. Doesn't ask for
 * `instanceof Error`: under Jest, Node's own errors come from another realm.
 */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The text of anything that was thrown; several connection errors in one have no text, but a code. */
export function messageOf(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' && message !== '' ? message : codeOf(error) || String(error);
}
