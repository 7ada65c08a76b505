import type { LoggedEvent, Logs, Post, SiteLoggedEvent, StoredComment } from './history.ts';

/** Groups values by key. */
function groupBy<T>(values: readonly T[], keyOf: (value: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/**
 * Compares the answers that writers received with the stored comments: an acknowledged comment exists exactly once, one
 * of unknown outcome at most once, a failed one not at all, and each existing one has exactly one event.
 * @returns the faults
 */
export function checkPosts(posts: readonly Post[], stored: readonly StoredComment[], logs: Logs): string[] {
  const comments = groupBy(stored, ({ key }) => key);
  const additions = groupBy(
    Object.values(logs).flatMap((log) => log.filter(({ kind }) => kind === 'COMMENT_ADDED')),
    ({ idempotencyKey }) => idempotencyKey,
  );
  const posted = new Set(posts.map(({ key }) => key));
  return [
    ...posts.flatMap((post) =>
      faultsOf(post, comments.get(post.key) ?? [], additions.get(post.key) ?? []).map(
        (fault) => `comment ${post.key} (${post.outcome}) ${fault}`,
      ),
    ),
    ...[...comments.keys()].filter((key) => !posted.has(key)).map((key) => `nobody posted comment ${key}`),
  ];
}

function faultsOf(post: Post, stored: readonly StoredComment[], events: readonly LoggedEvent[]): string[] {
  const [least, most] = { acknowledged: [1, 1], unknown: [0, 1], failed: [0, 0] }[post.outcome] as [
    number,
    number,
  ];
  const faults: string[] = [];
  if (stored.length < least || stored.length > most) faults.push(`is stored ${stored.length} times`);
  if (events.length !== stored.length)
    faults.push(`is stored ${stored.length} times and has ${events.length} events`);
  const [comment] = stored;
  if (comment && post.commentId !== undefined && comment.commentId !== post.commentId)
    faults.push(`was acknowledged as ${post.commentId} and is stored as ${comment.commentId}`);
  if (comment && comment.articleId !== post.articleId)
    faults.push(`stands under article ${comment.articleId}`);
  if (comment && events[0] && events[0].commentId !== comment.commentId)
    faults.push(`is stored as ${comment.commentId}, and its event is of ${events[0].commentId}`);
  return faults;
}

/**
 * Checks the log of the whole site against those of the articles, all of which are public: each event is there once, in
 * the order of its article.
 */
export function checkSite(site: readonly SiteLoggedEvent[], logs: Logs): string[] {
  const relayed = groupBy(site, ({ articleId }) => articleId);
  const wrong = site.findIndex(({ sequence }, index) => sequence !== index + 1);
  return [
    ...(wrong < 0 ? [] : [`the site’s log has number ${site[wrong]?.sequence} at place ${wrong + 1}`]),
    ...Object.entries(logs).flatMap(([articleId, log]) => {
      const own = (relayed.get(articleId) ?? []).filter(({ articleSequence }) => articleSequence > 0);
      const place = log.findIndex(
        ({ sequence, kind, commentId }, index) =>
          own[index]?.articleSequence !== sequence ||
          own[index]?.kind !== kind ||
          own[index]?.commentId !== commentId,
      );
      if (place < 0 && own.length === log.length) return [];
      return [
        `the site’s log has ${own.length} events of article ${articleId} instead of ${log.length}, and differs at ${place + 1}`,
      ];
    }),
  ];
}

/** Checks that each log counts from 1 without a gap. */
export function checkLogs(logs: Logs): string[] {
  return Object.entries(logs).flatMap(([articleId, log]) => {
    const wrong = log.findIndex(({ sequence }, index) => sequence !== index + 1);
    return wrong < 0
      ? []
      : [`the log of article ${articleId} has number ${log[wrong]?.sequence} at place ${wrong + 1}`];
  });
}
