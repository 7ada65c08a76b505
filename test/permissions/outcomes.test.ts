/**
 * The rules of the service, which are the same on every database.
 * @database either
 * @seconds 50
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { buildSchema, isObjectType } from 'graphql';
import { nothingKept, useApp } from '../support/app.ts';
import { PinnedClock } from '../support/pinned-clock.ts';
import { campaignInput } from '../support/funding.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { Rewind } from './rewind.ts';
import {
  type Answer,
  answerOf,
  type ArticleThing,
  type BylineThing,
  type CommentThing,
  type Thing,
} from './rules.ts';
import { rootFields } from './table.ts';
import {
  type CampaignItem,
  type Item,
  makeWorld,
  type PledgeItem,
  type Visitor,
  type World,
  worldSettings,
} from './world.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const fieldsOf = (name: string) => {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
};

/** The attempts of each mutation: on a comment, on an article, a campaign, a pledge, under a byline, or on nothing. Each mutation needs one. */
const onComments: Readonly<Record<string, (comment: Item<CommentThing>, world: World) => object>> = {
  addComment: (comment, { articles }) => ({
    articleId: articles.find(({ thing }) => thing === comment.thing.article)?.id,
    parentId: comment.id,
    body: 'A reply.',
  }),
  editComment: ({ id }) => ({ commentId: id, body: 'A new text.' }),
  removeComment: ({ id }) => ({ commentId: id }),
  react: ({ id }) => ({ commentId: id, kind: 'INSIGHTFUL' }),
  unreact: ({ id }) => ({ commentId: id, kind: 'LIKE' }),
  reportComment: ({ id }) => ({ commentId: id, reason: 'SPAM' }),
  restoreComment: ({ id }) => ({ commentId: id }),
  approveComment: ({ id }) => ({ commentId: id }),
  rejectComment: ({ id }) => ({ commentId: id }),
};
const onArticles: Readonly<Record<string, (article: Item<ArticleThing>) => object>> = {
  addComment: ({ id }) => ({ articleId: id, body: 'A comment.' }),
  endorse: ({ id }) => ({ articleId: id }),
  withdrawEndorsement: ({ id }) => ({ articleId: id }),
  setCommentPolicy: ({ id, thing }) => ({
    articleId: id,
    commentPolicy: thing.policy === 'CLOSED' ? 'OPEN' : 'CLOSED',
  }),
  setArticleModeration: ({ id }) => ({ articleId: id, maxLinks: 3 }),
  updateArticle: ({ id }) => ({ articleId: id, title: 'Another title' }),
  publishArticle: ({ id }) => ({ articleId: id }),
  unpublishArticle: ({ id }) => ({ articleId: id }),
  createCampaign: ({ id }) => campaignInput(id, [{ title: 'A goal', goal: 10_000 }]),
};
const onCampaigns: Readonly<Record<string, (campaign: CampaignItem) => object>> = {
  updateCampaign: ({ id, milestones }) => ({
    campaignId: id,
    milestones: milestones.map((milestone) => ({ ...milestone, title: 'Another title' })),
  }),
  launchCampaign: ({ id }) => ({ campaignId: id }),
  cancelCampaign: ({ id }) => ({ campaignId: id }),
  suspendCampaign: ({ id }) => ({ campaignId: id }),
  pledge: ({ id }) => ({ campaignId: id, amount: '500' }),
  payOut: ({ id }) => ({ campaignId: id, amount: '1', destination: 'acct_example' }),
};
const onPledges: Readonly<Record<string, (pledge: PledgeItem) => object>> = {
  changePledge: ({ id }) => ({ pledgeId: id, amount: '500' }),
  withdrawPledge: ({ id }) => ({ pledgeId: id }),
  retryPledge: ({ id }) => ({ pledgeId: id }),
  refundPledge: ({ id }) => ({ pledgeId: id }),
};
const onBylines: Readonly<Record<string, (byline: Item<BylineThing>) => object>> = {
  createArticle: ({ id }) => ({ journalistId: id, title: 'A title', body: 'A text.' }),
};
/** About the visitor alone: `test/features/people/` tries them. */
const onNothing = [
  ...[
    'signUp',
    'signIn',
    'refreshSession',
    'signOut',
    'confirmSignUp',
    'requestPasswordReset',
    'resetPassword',
    'requestSignInLink',
    'signInWithLink',
  ],
  ...['changePassword', 'changeEmail', 'requestEmailConfirmation', 'confirmEmail', 'changeName'],
  ...['changeCommentList', 'removePicture'],
  // `test/features/import/claims.test.ts` tries it.
  'claimImportedAuthor',
  ...['endSession', 'endOtherSessions', 'requestErasure', 'cancelErasure'],
  // `test/features/people/login/` tries them.
  ...['finishSignIn', 'signInWithToken', 'linkLogin', 'unlinkLogin'],
  ...['createToken', 'revokeToken', 'createServiceAccount', 'markNotificationsRead'],
  ...['muteAuthor', 'unmuteAuthor', 'muteArticle', 'unmuteArticle', 'muteThread', 'unmuteThread'],
  'setMailPreferences',
  // `test/features/moderation/` tries them.
  ...['decideComments', 'claimComments', 'releaseComments', 'undoDecision'],
  ...['appealDecision', 'answerAppeal'],
  // `test/features/screening/` tries them.
  ...['setModerationSettings', 'addModerationWords', 'removeModerationWords'],
  ...['suspendAccount', 'banAccount', 'premoderateAccount', 'liftSanction', 'removeCommentsSince'],
  ...['grantRole', 'revokeRole', 'addPersonNote', 'removePersonNote'],
  // `test/features/integrations/webhooks/` tries them.
  ...[
    'createWebhook',
    'updateWebhook',
    'rotateWebhookSecret',
    'keepWebhook',
    'deleteWebhook',
    'redeliverWebhook',
    'testWebhook',
  ],
  // `test/features/people/passkeys/` tries them.
  ...['beginPasskeySignIn', 'finishPasskeySignIn', 'signInWithRecoveryCode', 'beginPasskeyProof'],
  ...['proveByPasskey', 'proveByPassword', 'proveBySignIn'],
  ...['beginAddPasskey', 'addPasskey', 'renamePasskey', 'removePasskey', 'createRecoveryCodes'],
  // By the token of a mailed link: `test/features/endorsements/mailed.test.ts` tries them.
  ...['requestEndorsement', 'confirmEndorsement', 'withdrawMailedEndorsement'],
];

/** The mutation whose outcome a field predicts. */
const foretold: Readonly<Record<string, string>> = {
  'Comment.viewerCanReply': 'addComment',
  'Comment.viewerCanEdit': 'editComment',
  'Comment.viewerCanRemove': 'removeComment',
  'Comment.viewerCanReact': 'react',
  'Comment.viewerCanReport': 'reportComment',
  'Article.viewerCanComment': 'addComment',
  'Article.viewerCanEndorse': 'endorse',
  'Article.viewerCanEdit': 'updateArticle',
  'Article.viewerCanCreateCampaign': 'createCampaign',
  'Campaign.viewerCanPledge': 'pledge',
  'Campaign.viewerCanManage': 'updateCampaign',
  'Campaign.viewerCanCancel': 'cancelCampaign',
  'Pledge.viewerCanRefund': 'refundPledge',
};

interface Attempt {
  readonly mutation: string;
  readonly on: 'Comment' | 'Article' | 'Campaign' | 'Pledge' | 'Byline';
  readonly item: Item<Thing>;
  readonly input: object;
}

/** A refusal's code, or whether something was done. */
type Outcome = Answer | 'done' | 'nothing to do';

describe('every mutation, tried by every visitor on every object,', () => {
  const clock = new PinnedClock();
  const provider = new ProviderDouble();
  const service = useApp({ ...worldSettings, ...nothingKept }, { clock, payments: provider });
  let world: World;
  let rewind: Rewind;
  const outcomes = new Map<string, Outcome>();
  const nameOf = (visitor: Visitor, { mutation, on, item }: Omit<Attempt, 'input'>) =>
    `${mutation} by ${visitor.name} on ${on} “${item.name}”`;
  let attempts: readonly Attempt[];

  /** Sends attempts in one document, whose mutations run in order. @returns the code of each refusal */
  async function send(visitor: Visitor, some: readonly Attempt[]): Promise<(Answer | undefined)[]> {
    const variables = some.map(({ mutation }, n) => {
      const type = schema.getMutationType()?.getFields()[mutation]?.args[0]?.type;
      return `$i${n}: ${String(type)}`;
    });
    const fields = some.map(({ mutation }, n) => `m${n}: ${mutation}(input: $i${n}) { userErrors { code } }`);
    const { data, errors } = await service().query(
      `mutation (${variables.join(', ')}) { ${fields.join(' ')} }`,
      Object.fromEntries(some.map(({ input }, n) => [`i${n}`, input])),
      visitor.token === undefined ? {} : { token: visitor.token },
    );
    return some.map((_, n) => {
      const code = data?.[`m${n}`]?.userErrors[0]?.code ?? errors?.[0]?.extensions.code;
      return code as Answer | undefined;
    });
  }

  /** Sends the attempts that the table refuses together, and all others alone; each finds the world as it was made. */
  async function tryAll(visitor: Visitor): Promise<void> {
    const answer = ({ mutation, item }: Attempt) =>
      answerOf(rootFields[`Mutation.${mutation}`] ?? [], visitor, item.thing);
    const refused = attempts.filter((attempt) => answer(attempt) !== undefined);
    for (let start = 0; start < refused.length; start += 40) {
      const some = refused.slice(start, start + 40);
      const answers = await send(visitor, visitor.token === undefined ? some.slice(0, 1) : some);
      some.forEach((attempt, n) =>
        outcomes.set(
          nameOf(visitor, attempt),
          (visitor.token === undefined ? answers[0] : answers[n]) ?? 'done',
        ),
      );
      // A refusal must not write anything.
      if (await rewind.rewind())
        throw new Error(
          `${visitor.name} was refused and wrote something, or was not refused: ${JSON.stringify(answers)}`,
        );
    }
    for (const attempt of attempts.filter((one) => answer(one) === undefined)) {
      const [code] = await send(visitor, [attempt]);
      const isDone = await rewind.rewind();
      outcomes.set(nameOf(visitor, attempt), code ?? (isDone ? 'done' : 'nothing to do'));
    }
  }

  beforeAll(async () => {
    world = await makeWorld(service(), clock, provider);
    rewind = await Rewind.from(service().app.db);
    attempts = [
      ...Object.entries(onComments).flatMap(([mutation, input]) =>
        world.comments.map((item): Attempt => ({ mutation, on: 'Comment', item, input: input(item, world) })),
      ),
      ...Object.entries(onArticles).flatMap(([mutation, input]) =>
        world.articles.map((item): Attempt => ({ mutation, on: 'Article', item, input: input(item) })),
      ),
      ...Object.entries(onCampaigns).flatMap(([mutation, input]) =>
        world.campaigns.map((item): Attempt => ({ mutation, on: 'Campaign', item, input: input(item) })),
      ),
      ...Object.entries(onPledges).flatMap(([mutation, input]) =>
        world.pledges.map((item): Attempt => ({ mutation, on: 'Pledge', item, input: input(item) })),
      ),
      ...Object.entries(onBylines).flatMap(([mutation, input]) =>
        world.bylines.map((item): Attempt => ({ mutation, on: 'Byline', item, input: input(item) })),
      ),
    ];
    for (const visitor of world.visitors) await tryAll(visitor);
  }, 600_000);

  it('is among the attempts', () => {
    const tried = [onComments, onArticles, onCampaigns, onPledges, onBylines].flatMap((some) =>
      Object.keys(some),
    );
    expect([...new Set([...tried, ...onNothing])].sort()).toEqual(fieldsOf('Mutation').sort());
  });

  it('has the outcome that the table says', () => {
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const visitor of world.visitors) {
      for (const attempt of attempts) {
        const expected = answerOf(
          rootFields[`Mutation.${attempt.mutation}`] ?? [],
          visitor,
          attempt.item.thing,
        );
        const outcome = outcomes.get(nameOf(visitor, attempt));
        const isAllowed = outcome === 'done' || outcome === 'nothing to do';
        if (expected === undefined ? !isAllowed : outcome !== expected)
          wrong.push(`${nameOf(visitor, attempt)}: ${outcome}, not ${expected ?? 'allowed'}`);
        seen.add(`${attempt.mutation}: ${outcome}`);
      }
    }
    expect(wrong).toEqual([]);
    // Every refusal of every row must have occurred; otherwise the world is too small for the table.
    for (const { mutation } of attempts)
      for (const [, answer] of rootFields[`Mutation.${mutation}`] ?? [])
        expect([...seen]).toContain(`${mutation}: ${answer}`);
  });

  it('that is not about an object is allowed to everybody, except signOut for those who are signed out', async () => {
    const app = service();
    const email = 'new@example.org';
    const input = { email, password: 'correct horse battery', name: 'New Example' };
    const signOut = async (token?: string) =>
      app.query(
        'mutation { signOut { endedAt userErrors { code } } }',
        {},
        token === undefined ? {} : { token },
      );
    const fields = 'session { accessToken refreshToken } userErrors { code }';
    const signIn = async ({ email: of, password }: { email: string; password: string }, options = {}) =>
      app.query(
        `mutation ($input: SignInInput!) { signIn(input: $input) { ${fields} } }`,
        { input: { email: of, password } },
        options,
      );
    for (const [n, { user }] of world.visitors.entries()) {
      // A session of its own, which ends with the one that begins: the visitor's is needed later.
      const options = user ? { token: (await signIn(user)).data.signIn.session.accessToken } : {};
      const made = await app.query(
        `mutation ($input: SignUpInput!) { signUp(input: $input) { ${fields} } }`,
        { input: { ...input, email: `${n}${email}` } },
        options,
      );
      expect(made.data.signUp.userErrors).toEqual([]);
      const signedIn = await signIn(user ?? (await app.signUp()), options);
      const { refreshToken, accessToken } = signedIn.data.signIn.session;
      const refreshed = await app.query(
        `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${fields} } }`,
        { input: { refreshToken } },
        options,
      );
      expect(refreshed.data.refreshSession.userErrors).toEqual([]);
      expect((await signOut(accessToken)).data.signOut).toMatchObject({ userErrors: [] });
    }
    expect((await signOut()).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('is predicted by its viewerCan… field, and every such field predicts a mutation', async () => {
    const all = ['Comment', 'Article', 'Campaign', 'Pledge'].flatMap((type) =>
      fieldsOf(type)
        .filter((field) => field.startsWith('viewerCan'))
        .map((field) => `${type}.${field}`),
    );
    expect(Object.keys(foretold).sort()).toEqual(all.sort());

    const wrong: string[] = [];
    for (const visitor of world.visitors) {
      const items = [...world.comments, ...world.articles, ...world.campaigns, ...world.pledges];
      const fields = (type: string) =>
        Object.keys(foretold)
          .filter((name) => name.startsWith(`${type}.`))
          .map((name) => name.split('.')[1])
          .join(' ');
      const { nodes } = await service().data(
        `query ($ids: [ID!]!) { nodes(ids: $ids) {
          ... on Comment { ${fields('Comment')} } ... on Article { ${fields('Article')} }
          ... on Campaign { ${fields('Campaign')} } ... on Pledge { ${fields('Pledge')} } } }`,
        { ids: items.map(({ id }) => id) },
        visitor.token,
      );
      for (const [n, item] of items.entries()) {
        for (const [name, mutation] of Object.entries(foretold)) {
          const [type, field = ''] = name.split('.');
          if (type !== item.thing.kind) continue;
          const outcome = outcomes.get(nameOf(visitor, { mutation, on: type, item }));
          // An object that the visitor does not see predicts nothing, and accepts no mutation.
          const value = nodes[n]?.[field] ?? false;
          if (value !== (outcome === 'done'))
            wrong.push(`${name} of “${item.name}” is ${value} to ${visitor.name}, and then: ${outcome}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is, for createArticle under at least one byline, predicted by Viewer.canCreateArticle', async () => {
    for (const visitor of world.visitors) {
      const { viewer } = await service().data('{ viewer { canCreateArticle } }', {}, visitor.token);
      const written = world.bylines.filter(
        (item) => outcomes.get(nameOf(visitor, { mutation: 'createArticle', on: 'Byline', item })) === 'done',
      );
      expect([visitor.name, viewer?.canCreateArticle ?? false]).toEqual([visitor.name, written.length > 0]);
    }
  });
});
