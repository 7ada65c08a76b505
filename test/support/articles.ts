import type { GraphqlAnswer, TestApp, TestUser, UserErrorAnswer } from './app.ts';

/** The fields of an article that most tests select. */
export const articleFields = `
  id slug title standfirst bodyText status publishedAt updatedAt canonicalUrl commentPolicy liveCursor
  author { id name slug } signatures { name role organisation } tags { name } viewerCanEdit viewerBodyMarkdown`;

export type ArticleMutation = 'createArticle' | 'updateArticle' | 'publishArticle' | 'unpublishArticle';

/** Sends one mutation of articles. @returns the whole answer */
export function sendArticleMutation(
  app: TestApp,
  name: ArticleMutation,
  input: Record<string, unknown>,
  user?: TestUser,
): Promise<GraphqlAnswer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) {
    article { ${articleFields} } userErrors { code message field } } }`;
  return app.query(mutation, { input }, user ? { token: user.token } : {});
}

/** As `sendArticleMutation`, for a mutation that must succeed. @returns the article */
export async function write(
  app: TestApp,
  name: ArticleMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<any> {
  const { data, errors } = await sendArticleMutation(app, name, input, user);
  const payload = data?.[name];
  if (errors || payload.userErrors.length > 0 || payload.article === null) {
    throw new Error(JSON.stringify(errors ?? payload));
  }
  return payload.article;
}

/** Everything that commands on articles write; a refused command leaves it unchanged. */
function footprint(app: TestApp): Promise<unknown[]> {
  return app.app.db.query(
    `SELECT (SELECT json_agg(a ORDER BY id) FROM article a) AS articles,
       (SELECT json_agg(t ORDER BY article_id) FROM article_text t) AS texts,
       (SELECT json_agg(s ORDER BY article_id, position) FROM signature s) AS signatures,
       (SELECT json_agg(t ORDER BY article_id, position) FROM article_tag t) AS tags,
       (SELECT json_agg(k ORDER BY article_id) FROM article_counter k) AS counters,
       (SELECT count(*) FROM article_event) AS events, (SELECT count(*) FROM journalist) AS journalists,
       (SELECT count(*) FROM tag) AS names, (SELECT count(*) FROM idempotency_key) AS keys`,
  );
}

/** Runs an action that must leave all data of articles unchanged. */
export async function writingNothing<T>(app: TestApp, run: () => Promise<T>): Promise<T> {
  const before = JSON.stringify(await footprint(app));
  const value = await run();
  if (JSON.stringify(await footprint(app)) !== before) throw new Error('Something was written');
  return value;
}

/** The refusals of a command, which must have written nothing. */
export async function refusals(
  app: TestApp,
  name: ArticleMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<Pick<UserErrorAnswer, 'code' | 'field'>[]> {
  const { data, errors } = await writingNothing(app, () => sendArticleMutation(app, name, input, user));
  if (errors || data[name].article !== null) throw new Error(JSON.stringify(errors ?? data[name]));
  return data[name].userErrors.map(({ code, field }: UserErrorAnswer) => ({ code, field }));
}

/** The key in the global id of an article or a journalist. */
export const keyIn = (globalId: string): string =>
  Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? '';
