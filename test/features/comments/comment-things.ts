import { globalId } from '../../support/article-states.ts';
import { done, keyOf } from '../../support/comments.ts';
import type { Objects, WorldPart } from '../../permissions/declaration.ts';
import {
  type ArticleThing,
  has,
  type Item,
  moderatesNow,
  onArticle,
  rulesOn,
  seesArticleOf,
  type Who,
} from '../../permissions/rules.ts';
import type { Stage } from '../../permissions/world.ts';

/* The comments of the world of `test/permissions/`, and the rules about them. */

export interface CommentThing {
  readonly kind: 'Comment';
  readonly article: ArticleThing;
  readonly status: 'PUBLISHED' | 'PENDING' | 'REJECTED' | 'REMOVED';
  /** Whether the comment is in the thread, even if only as a tombstone. */
  readonly listed: boolean;
  /** Whether the comment is public, or was public until its removal. */
  readonly wasPublic: boolean;
  readonly authorId: string | null;
  readonly canNest: boolean;
  readonly isFresh: boolean;
  /** Whether the parent is in the thread; true on the first level. */
  readonly parentListed: boolean;
  /** Status of a new text that a moderator has to approve; null: there is none. */
  readonly edit: 'PENDING' | 'REJECTED' | null;
  /** Whether its author has removed it. */
  readonly isWithdrawn: boolean;
  /** Whether the text that a restored comment would need is gone. */
  readonly isTextGone: boolean;
}

declare module '../../permissions/rules.ts' {
  interface Items {
    readonly Comment: Item<CommentThing>;
  }
}

const onComment = rulesOn('Comment');
const wrote = (comment: CommentThing, who: Who) =>
  who.accountId !== null && comment.authorId === who.accountId;
const seesCommentOf = (comment: CommentThing, who: Who) =>
  seesArticleOf(comment.article, who) &&
  (comment.listed || (comment.status !== 'REMOVED' && (wrote(comment, who) || moderatesNow(who))));

export const takesComments = onArticle(
  'the article is published and takes comments',
  (article) => article.status === 'PUBLISHED' && article.policy !== 'CLOSED',
);
export const seesComment = onComment(
  'see the comment: you see its article, and it stands in the thread, or it waits or was rejected and you wrote it or are a moderator who is not suspended',
  seesCommentOf,
);
export const seesOrModerates = onComment(
  'see the comment, or are a moderator who sees its article and is not suspended',
  (comment, who) => seesCommentOf(comment, who) || (seesArticleOf(comment.article, who) && moderatesNow(who)),
);
export const seesOrRemoves = onComment(
  'see the comment, or may remove it and see its article',
  (comment, who) =>
    seesCommentOf(comment, who) ||
    (seesArticleOf(comment.article, who) && !who.suspended && (wrote(comment, who) || moderatesNow(who))),
);
export const hasAccount = onComment('its author has an account', ({ authorId }) => authorId !== null);
export const isAuthor = onComment('wrote the comment', wrote);
export const isNotAuthor = onComment('did not write the comment', (comment, who) => !wrote(comment, who));
export const isAuthorOrModerator = onComment(
  'wrote the comment or are a moderator',
  (comment, who) => wrote(comment, who) || has(who, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR'),
);
export const parentWasPublic = onComment(
  'the comment that you reply to is or was public',
  (comment) => comment.wasPublic,
);
export const parentIsPublic = onComment(
  'the comment that you reply to was not removed',
  (comment) => comment.status === 'PUBLISHED',
);
export const canNest = onComment('the thread may nest deeper there', (comment) => comment.canNest);
export const isNotRemoved = onComment('the comment was not removed', ({ status }) => status !== 'REMOVED');
export const isTextAlive = onComment(
  'the comment was neither removed nor rejected',
  ({ status }) => status !== 'REMOVED' && status !== 'REJECTED',
);
export const isFresh = onComment('the edit window is open', (comment) => comment.isFresh);
export const isPublicComment = onComment(
  'the comment is public, under a published article',
  ({ status, article }) => status === 'PUBLISHED' && article.status === 'PUBLISHED',
);
export const isNotWithdrawn = onComment(
  'its author has not removed it, or is you',
  (comment, who) => !comment.isWithdrawn || wrote(comment, who),
);
export const isNotHeld = onComment(
  'the comment neither waits nor was rejected',
  ({ status }) => status !== 'PENDING' && status !== 'REJECTED',
);
export const isWaiting = onComment('the comment waits for a moderator', ({ status }) => status === 'PENDING');
export const isEditWaiting = onComment(
  'the new text waits for a moderator',
  ({ status, edit }) => status === 'PUBLISHED' && edit === 'PENDING',
);
export const isTextKept = onComment('the comment’s text still exists', (comment) => !comment.isTextGone);
export const isHeldInPart = onComment(
  'the comment is not public, or has a new text that waits or was rejected',
  ({ status, edit }) => status !== 'PUBLISHED' || edit !== null,
);
export const namesHeldEdit = onComment(
  'pass the revision of the public comment’s new text that waits or was rejected, if there is one',
  ({ status, edit }) => status !== 'PUBLISHED' || edit === null,
);
export const namesWaitingEdit = onComment(
  'pass the revision of the public comment’s new text that waits, if there is one',
  ({ status, edit }) => status !== 'PUBLISHED' || edit !== 'PENDING',
);
export const seesHeldEdit = onComment(
  'wrote the comment, or are a moderator who is not suspended',
  (comment, who) => wrote(comment, who) || moderatesNow(who),
);
export const hasHeldEdit = onComment(
  'the comment is public and has a new text that waits or was rejected',
  ({ status, edit }) => status === 'PUBLISHED' && edit !== null,
);
export const hasReason = onComment(
  'a moderator has given a reason for rejecting or removing it, or its new text',
  ({ status, edit }) => status === 'REJECTED' || (status === 'PUBLISHED' && edit === 'REJECTED'),
);
export const hasDecision = onComment(
  'a moderator has decided about it, and the decision stands',
  ({ status, edit }) => status === 'REJECTED' || (status === 'PUBLISHED' && edit === 'REJECTED'),
);
export const parentStands = onComment(
  'the comment’s parent is in the thread',
  (comment) => comment.status === 'PUBLISHED' || comment.parentListed,
);

/** Adds a comment, which waits for a moderator if it is to be `PENDING`. @returns its id */
async function add(
  stage: Stage,
  name: string,
  articleName: string,
  author: string,
  { under, status = 'PUBLISHED' }: { under?: string; status?: 'PUBLISHED' | 'PENDING' } = {},
): Promise<string> {
  const { id: articleId } = stage.article(articleName);
  const input = {
    articleId,
    body: `Secret of ${name}.`,
    ...(under === undefined ? {} : { parentId: under }),
  };
  const post = () => done(stage.app, 'addComment', input, stage.user(author));
  const { comment } = await (status === 'PENDING' ? premoderated(stage, articleName, post) : post());
  stage.names.set(comment.id, name);
  return comment.id;
}

/** Does something while the article's comments wait for a moderator. */
async function premoderated<T>(stage: Stage, articleName: string, act: () => Promise<T>): Promise<T> {
  const setPolicy = (policy: string) =>
    stage.sql('UPDATE article SET comment_policy = $2 WHERE id = $1', [
      stage.article(articleName).articleId,
      policy,
    ]);
  await setPolicy('PREMODERATED');
  const result = await act();
  await setPolicy('OPEN');
  return result;
}

/** Adds comments in every state to the open article. */
async function fillThread(stage: Stage, root: string): Promise<void> {
  const { app } = stage;
  const by = (name: string) => stage.user(name);
  const addTo = (name: string, author: string, more?: Parameters<typeof add>[4]) =>
    add(stage, name, 'open', author, more);
  const addEdited = async (name: string): Promise<string> => {
    const commentId = await addTo(name, 'author');
    const input = { commentId, body: `Held secret of ${name}.` };
    await premoderated(stage, 'open', () => done(app, 'editComment', input, by('author')));
    return commentId;
  };
  const reply = await addTo('reply', 'other reader', { under: root });
  await addTo('deepest', 'author', { under: reply });
  await done(app, 'react', { commentId: root, kind: 'LIKE' }, by('other reader'));
  const tombstone = await addTo('tombstone', 'author');
  await addTo('under the tombstone', 'author', { under: tombstone });
  await done(app, 'react', { commentId: tombstone, kind: 'LIKE' }, by('other reader'));
  const parent = await addTo('vanished', 'author');
  await addTo('waiting under the vanished', 'author', { under: parent, status: 'PENDING' });
  for (const commentId of [tombstone, parent]) await done(app, 'removeComment', { commentId }, by('author'));
  const rejected = await addTo('rejected', 'author', { status: 'PENDING' });
  await done(app, 'rejectComment', { commentId: rejected, reason: 'Not here.' }, by('moderator'));
  const unseen = await addTo('removed while it waited', 'author', { status: 'PENDING' });
  await done(app, 'removeComment', { commentId: unseen }, by('author'));
  const old = await addTo('old', 'author');
  await stage.sql(
    `UPDATE comment SET created_at = created_at - interval '1 year' WHERE article_id = $1 AND id = $2`,
    [stage.article('open').articleId, keyOf(old)],
  );
  await addTo('of the suspended', 'suspended author');
  await addTo('of the unconfirmed', 'unconfirmed author');
  await addEdited('with an edit that waits');
  const refused = await addEdited('with an edit that was rejected');
  const decision = { commentId: refused, expectedRevision: 2 };
  await done(app, 'rejectComment', { ...decision, reason: 'Not so.' }, by('moderator'));
  await addTo('of the suspended, waiting', 'suspended author', { status: 'PENDING' });
  await addTo('of a moderator', 'moderator');
  await done(app, 'editComment', { commentId: reply, body: 'Edited.' }, by('other reader'));
}

async function readComments(stage: Stage): Promise<Item<CommentThing>[]> {
  const rows = await stage.sql<
    Omit<CommentThing, 'kind' | 'article'> & { articleId: string; id: string; key: string | null }
  >(
    `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.status, c.listed, c.account_id::text AS "authorId",
       coalesce(c.removed_status, c.status) = 'PUBLISHED' AS "wasPublic", c.depth < 2 AS "canNest",
       c.created_at > now() - interval '1 day' AS "isFresh", coalesce(p.listed, true) AS "parentListed", c.import_key AS key,
       c.status = 'REMOVED' AND c.body_markdown = '' AS "isTextGone", c.withdrawn_at IS NOT NULL AS "isWithdrawn",
       nullif(e.status, 'SETTLED') AS edit
     FROM comment c LEFT JOIN held_edit e ON e.article_id = c.article_id AND e.comment_id = c.id
       LEFT JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id
     WHERE c.article_id = ANY($1::bigint[]) ORDER BY c.id`,
    [[...stage.articles.values()].map(({ articleId }) => articleId)],
  );
  return rows.map(({ articleId, id: key, key: importKey, ...facts }) => {
    const article = stage.articleItem(articleId);
    const id = globalId('Comment', articleId, key);
    return {
      name: stage.names.get(id) ?? `${article.name}: ${importKey}`,
      id,
      thing: { kind: 'Comment', article: article.thing, ...facts },
    };
  });
}

export const commentWorld = {
  tables: ['comment', 'comment_counter', 'comment_reaction', 'comment_revision', 'held_edit', 'comment_hold'],
  articleFacts: {},
  make: async (stage) => {
    for (const name of stage.articles.keys()) {
      const root = await add(stage, `${name}: public`, name, 'author');
      await add(stage, `${name}: waiting`, name, 'author', { under: root, status: 'PENDING' });
      if (name === 'open') await fillThread(stage, root);
    }
  },
  events: ['CommentAdded', 'CommentEdited', 'CommentReactionsChanged', 'CommentRemoved'],
  things: {
    Comment: {
      read: readComments,
      way: ({ id }) => [`comment(id: "${id}")`],
      nullable: ['author', 'editedAt', 'importKey'],
      secrets: ({ name, thing }, who) => [
        ...(thing.status === 'REMOVED' || !seesComment.holds(who, thing) ? [`Secret of ${name}.`] : []),
        ...(seesHeldEdit.holds(who, thing) ? [] : [`Held secret of ${name}.`]),
      ],
    },
  },
} satisfies WorldPart;

export const aboutComment = {
  input: ({ commentId }: Objects) => ({ commentId }),
  on: { Comment: ({ id }: Item<CommentThing>) => ({ commentId: id }) },
};
