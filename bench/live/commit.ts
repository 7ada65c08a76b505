/** One committed event. */
export interface Commit {
  readonly articleId: string;
  readonly sequence: number;
  /** Time at which its writer knew of the commit, by `sharedNow`. */
  readonly at: number;
}

/** The events of each article, in their order. */
export function byArticle(commits: readonly Commit[]): ReadonlyMap<string, readonly Commit[]> {
  const found = new Map<string, Commit[]>();
  for (const commit of commits) {
    const present = found.get(commit.articleId);
    if (present) present.push(commit);
    else found.set(commit.articleId, [commit]);
  }
  return found;
}
