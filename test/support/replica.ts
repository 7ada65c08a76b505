import type { TestApp } from './app.ts';
import type { LiveEvent } from './live.ts';

const shown = 'id status bodyText revision editedAt threadPosition replyCount reactions { kind count }';
const counts = 'commentCount endorsementCount commentPolicy';

const totals = `status pledged { minorUnits } collected { minorUnits } paidOut { minorUnits } backerCount
  milestones { title status }`;

/** Selects everything that a client needs to keep an article up to date. */
export const replicaQuery = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) { __typename sequence cursor
    ... on CommentEvent { comment { ${shown} parent { id replyCount } article { ${counts} } } }
    ... on CommentAdded { idempotencyKey }
    ... on CommentRemoved { vanishedCommentId }
    ... on EndorsementEvent { article { ${counts} } }
    ... on ArticleUpdated { article { ${counts} } }
    ... on CommentPolicyChanged { article { ${counts} } }
    ... on FundingEvent { campaign { ${totals} } } } }`;

/** An article's thread in the state of a client. */
export class Replica {
  article: Record<string, unknown> = {};
  campaign: Record<string, unknown> | null = null;
  readonly #comments = new Map<string, Record<string, any>>();

  /** Loads the present state from the service. */
  static async query(app: TestApp, slug: string): Promise<Replica> {
    const replica = new Replica();
    for (let after: string | null = null, more = true; more;) {
      const { article } = await app.data(
        `query ($slug: String!, $after: Cursor) { article(slug: $slug) { ${counts} campaign { ${totals} }
          allComments(first: 100, after: $after) { nodes { ${shown} } pageInfo { hasNextPage endCursor } } } }`,
        { slug, after },
      );
      const { allComments, campaign, ...facts } = article;
      replica.campaign = campaign;
      replica.article = facts;
      for (const comment of allComments.nodes) replica.#comments.set(comment.id, comment);
      [after, more] = [allComments.pageInfo.endCursor, allComments.pageInfo.hasNextPage];
    }
    return replica;
  }

  /**
   * Applies an event as documented for clients: stores the comment that it contains, and deletes one that has vanished.
   */
  apply(event: LiveEvent): void {
    const article = event.article ?? event.comment?.article;
    if (article) this.article = article;
    if (event.campaign) this.campaign = event.campaign;
    if (!event.comment) return;
    const { article: _, parent, ...comment } = event.comment;
    this.#comments.set(comment.id, comment);
    const above = parent && this.#comments.get(parent.id);
    if (above) this.#comments.set(parent.id, { ...above, replyCount: parent.replyCount });
    if (event.vanishedCommentId) this.#comments.delete(event.vanishedCommentId);
  }

  /** The comments in reading order. */
  get comments(): readonly Record<string, any>[] {
    return [...this.#comments.values()].sort((a, b) =>
      a.threadPosition < b.threadPosition ? -1 : a.threadPosition > b.threadPosition ? 1 : 0,
    );
  }

  /** The comments in the order of the pages. */
  get listed(): readonly Record<string, any>[] {
    return [...this.#comments.values()];
  }
}
