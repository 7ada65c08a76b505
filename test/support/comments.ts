import type { GraphqlAnswer, TestApp, TestUser, UserErrorAnswer } from './app.ts';

/** The fields of a comment that most tests select. */
export const commentFields = `
  id status depth revision bodyHtml bodyText createdAt editedAt replyCount descendantCount threadPosition
  author { id name } parent { id } reactions { kind count } viewerReactions
  viewerCanReply viewerCanEdit viewerCanRemove viewerCanReact viewerBodyMarkdown`;

const payloads = {
  addComment: { input: 'AddCommentInput', more: `article { id commentCount liveCursor }` },
  editComment: { input: 'EditCommentInput', more: '' },
  removeComment: { input: 'RemoveCommentInput', more: `vanishedCommentId article { id commentCount }` },
  restoreComment: { input: 'RestoreCommentInput', more: '' },
  approveComment: { input: 'ApproveCommentInput', more: '' },
  rejectComment: { input: 'RejectCommentInput', more: '' },
  react: { input: 'ReactInput', more: '' },
  unreact: { input: 'UnreactInput', more: '' },
  reportComment: { input: 'ReportCommentInput', more: '' },
} as const;

export type CommentMutation = keyof typeof payloads;

/** Sends one mutation of comments. @returns the whole answer */
export function sendMutation(
  app: TestApp,
  name: CommentMutation,
  input: Record<string, unknown>,
  user?: TestUser,
): Promise<GraphqlAnswer> {
  const { input: type, more } = payloads[name];
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) {
    comment { ${commentFields} } ${more} userErrors { code message field } } }`;
  return app.query(mutation, { input }, user ? { token: user.token } : {});
}

/** As `sendMutation`, for a mutation that is answered with a payload, which may hold refusals. */
export async function mutate(
  app: TestApp,
  name: CommentMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<any> {
  const answer = await sendMutation(app, name, input, user);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors, null, 2));
  return answer.data[name];
}

/** As `mutate`, for a mutation that must succeed. */
export async function done(
  app: TestApp,
  name: CommentMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<any> {
  const payload = await mutate(app, name, input, user);
  if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors));
  return payload;
}

/** Everything that commands on comments write; a refused command leaves it unchanged. */
export function footprint(app: TestApp): Promise<unknown[]> {
  return app.app.db.query(
    `SELECT (SELECT count(*) FROM comment) AS comments, (SELECT count(*) FROM comment_revision) AS revisions,
       (SELECT md5(string_agg(e::text, ',' ORDER BY article_id, comment_id)) FROM held_edit e) AS held,
       (SELECT count(*) FROM comment_counter) AS counters, (SELECT count(*) FROM article_event) AS events,
       (SELECT count(*) FROM idempotency_key) AS keys, (SELECT count(*) FROM comment_reaction) AS reactions,
       (SELECT md5(string_agg(article_id || ':' || id || status || listed, ',' ORDER BY article_id, id)) FROM comment) AS statuses,
       (SELECT sum(sequence + comment_count + listed_count + listed_root_count) FROM article_counter) AS counts`,
  );
}

/** The single refusal of a command, which must have written nothing. */
export async function refusal(
  app: TestApp,
  name: CommentMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<Pick<UserErrorAnswer, 'code' | 'field'>> {
  const before = await footprint(app);
  const { comment, userErrors } = await mutate(app, name, input, user);
  const after = await footprint(app);
  if (comment !== null || userErrors.length !== 1)
    throw new Error(`Not refused: ${JSON.stringify({ comment, userErrors })}`);
  if (JSON.stringify(before) !== JSON.stringify(after))
    throw new Error(`Refused, and something was written: ${JSON.stringify({ before, after })}`);
  const [{ code, field }] = userErrors;
  return { code, field };
}

/** An article's log as stored. */
export function logOf(
  app: TestApp,
  articleId: string,
): Promise<
  { sequence: number; kind: string; commentId: string | null; vanished: boolean; key: string | null }[]
> {
  return app.app.db.query(
    `SELECT sequence, kind, subject_id::text AS "commentId", detail IS NOT NULL AS vanished, idempotency_key AS key
     FROM article_event WHERE article_id = $1 ORDER BY sequence`,
    [articleId],
  );
}

/** A comment as a user sees it. */
export async function readComment(app: TestApp, id: string, user?: TestUser): Promise<any> {
  const query = `query ($id: ID!) { comment(id: $id) { ${commentFields} } }`;
  return (await app.data(query, { id }, user?.token)).comment;
}

/** The last key in a comment's global id, its key within the article. */
export const keyOf = (globalId: string): string =>
  Buffer.from(globalId, 'base64url').toString().split(':').at(-1) ?? '';

/** All comments of an article, newest first. */
export async function allComments(
  app: TestApp,
  articleId: string,
): Promise<{ id: string; bodyText: string }[]> {
  const found: { id: string; bodyText: string }[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { node } = await app.data(
      `query ($id: ID!, $after: Cursor) { node(id: $id) { ... on Article {
        allComments(orderBy: NEWEST, first: 100, after: $after) {
          nodes { id bodyText } pageInfo { hasNextPage endCursor } } } } }`,
      { id: articleId, after },
    );
    const { nodes, pageInfo } = node.allComments;
    found.push(...nodes);
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  return found;
}

/** For an import document: root comments, oldest first. */
export function numberedComments(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    key: String(index),
    body: `number ${index}`,
    authorName: 'Bo Example',
    createdAt: new Date(Date.UTC(2024, 5, 1) + index * 60_000).toISOString(),
  }));
}

/** For an import document: comments that each reply to the one before. */
export function chain(length: number): Record<string, unknown>[] {
  return Array.from({ length }, (_, index) => ({
    key: `link-${index}`,
    ...(index > 0 ? { parentKey: `link-${index - 1}` } : {}),
    body: `link ${index}`,
    authorName: 'Cy Example',
    createdAt: new Date(Date.UTC(2024, 6, 1) + index * 60_000).toISOString(),
  }));
}

/** For an import document: one comment, and a number of replies to it. */
export function answered(count: number): Record<string, unknown>[] {
  return Array.from({ length: count + 1 }, (_, index) => ({
    key: `asked-${index}`,
    ...(index > 0 ? { parentKey: 'asked-0' } : {}),
    body: index > 0 ? `answer ${index}` : 'asked',
    authorName: 'Cy Example',
    createdAt: new Date(Date.UTC(2024, 6, 1) + index * 60_000).toISOString(),
  }));
}
