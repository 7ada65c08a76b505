import type { TestApp, TestUser } from './app.ts';

/** Sends a mutation of the settings or of the words. @returns its payload */
async function send(
  app: TestApp,
  name: string,
  type: string,
  selection: string,
  input: object,
  user: TestUser,
) {
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) {
    ${selection} userErrors { code message field } } }`;
  return (await app.data(mutation, { input }, user.token))[name];
}

const settingsFields = `revision isPremoderated firstComments maxLinks heldHosts allowedHosts holdsRepeatedText
  slowModeSeconds reportsToHold claimSeconds asksHook hookDeadlineSeconds hookDeadlineAction`;

export const setSettings = (app: TestApp, input: object, user: TestUser): Promise<any> =>
  send(
    app,
    'setModerationSettings',
    'SetModerationSettingsInput',
    `settings { ${settingsFields} }`,
    input,
    user,
  );

export const setArticle = (app: TestApp, input: object, user: TestUser): Promise<any> =>
  send(
    app,
    'setArticleModeration',
    'SetArticleModerationInput',
    'article { slowModeSeconds viewerModeration { slowModeSeconds maxLinks firstComments } }',
    input,
    user,
  );

export const addWords = (app: TestApp, words: object[], user: TestUser): Promise<any> =>
  send(
    app,
    'addModerationWords',
    'AddModerationWordsInput',
    'words { id text mode action language addedAt }',
    { words },
    user,
  );

export const removeWords = (app: TestApp, wordIds: string[], user: TestUser): Promise<any> =>
  send(app, 'removeModerationWords', 'RemoveModerationWordsInput', 'removedWordIds', { wordIds }, user);

/** The events of the log of moderation after a number. */
export function moderationEvents(app: TestApp, after = 0): Promise<any[]> {
  return app.app.db.query(
    `SELECT kind, actor_kind AS "actorKind", actor_id::text AS "actorId", article_id::text AS "articleId",
       comment_id::text AS "commentId", revision, subject_id::text AS "subjectId", detail
     FROM moderation_event WHERE sequence > $1 ORDER BY sequence`,
    [after],
  );
}

/** The number of the last event of the log of moderation. */
export async function moderationHead(app: TestApp): Promise<number> {
  const [row] = await app.app.db.query<{ sequence: string }>('SELECT sequence FROM moderation_log');
  return Number(row?.sequence);
}

/** What the queue says of an article's comments. */
export function queueOf(app: TestApp, articleId: string): Promise<any[]> {
  return app.app.db.query(
    `SELECT comment_id::text AS "commentId", held, phase, reports FROM moderation_item WHERE article_id = $1
     ORDER BY ordinal`,
    [articleId],
  );
}

/** The database's key of a comment. */
export const commentKeyOf = (id: string): string =>
  Buffer.from(id, 'base64url').toString().split(':')[2] ?? '';
