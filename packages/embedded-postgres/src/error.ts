/**
 * The embedded database cannot be used. The message addresses the person who started Standfirst: it names the fault and
 * the remedy, so it can be printed as it is, without a stack.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';
}

/** The folder belongs to another running Standfirst. A retry is futile until that one has stopped. */
export class FolderInUseError extends EmbeddedPostgresError {
  override readonly name = 'FolderInUseError';
}

/**
 * The code of a system error (`ENOENT`) or of an SQL error (`57P03`), or '' where there is none. Does not check
 * `instanceof Error`: under Jest, Node's own errors come from another realm.
 */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The text of anything that was thrown. An AggregateError of several connection errors has no text, but a code. */
export function messageOf(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' && message !== '' ? message : codeOf(error) || String(error);
}
