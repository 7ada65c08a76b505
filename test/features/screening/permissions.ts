import { alike, missing, nothingInTheWorld, type Permissions } from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';

export const screeningPermissions = {
  queries: {
    ...alike(
      { gates: is.activeModerators, needs: ['MODERATE'], tried: 'test/features/screening' },
      { moderationSettings: {}, moderationWords: {} },
    ),
  },
  mutations: {
    setArticleModeration: {
      gates: [
        ...is.accounts,
        [is.seesArticle, 'NOT_FOUND'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [is.managesComments, 'FORBIDDEN'],
      ],
      kind: 'WORK',
      needs: ['MODERATE'],
      input: ({ articleId }) => ({ articleId, maxLinks: 3 }),
      on: { Article: ({ id }) => ({ articleId: id, maxLinks: 3 }) },
    },
    setModerationSettings: {
      gates: [...is.accounts, [is.isEditor, 'FORBIDDEN'], [is.notSuspended, 'ACCOUNT_SUSPENDED']],
      kind: 'WORK',
      needs: ['MODERATE'],
      tried: 'test/features/screening',
      input: () => ({ claimSeconds: 1 }),
    },
    ...alike(
      { gates: is.moderators, kind: 'WORK', needs: ['MODERATE'], tried: 'test/features/screening' },
      {
        addModerationWords: { input: () => ({ words: [{ text: '' }] }) },
        removeModerationWords: { input: () => ({ wordIds: [missing('ModerationWord')] }) },
      },
    ),
  },
  subscriptions: {},
  types: {
    ModerationSettings: 'moderators who are not suspended',
    ModerationWord: 'moderators who are not suspended',
    ArticleModeration: 'those who may set the article’s comment policy',
    CommentHold:
      'the comment’s author, and moderators who are not suspended; what has matched only to moderators',
  },
  fields: {
    'Article.viewerModeration': [[is.managesComments, 'null']],
  },
  privateScopes: {
    'Article.viewerModeration': ['READ'],
  },
  predictions: {},
  world: nothingInTheWorld,
} satisfies Permissions;
