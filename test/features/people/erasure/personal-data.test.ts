import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { features } from '../../../../src/app/features.ts';
import { hashMachineToken } from '../../../../src/platform/auth/machine-token.ts';
import { personalDocument } from '../../../../src/features/people/erasure/personal-data.ts';
import { linkByline } from '../../../../src/features/articles/journalist/byline.service.ts';
import { type TestUser, useApp } from '../../../support/app.ts';
import { done } from '../../../support/comments.ts';
import { fundingWorker, noFundingWork } from '../../../support/funding-worker.ts';
import { addCampaign, back, campaignInput } from '../../../support/funding.ts';
import { tellAll } from '../../../support/notifications.ts';
import { close, decide, report } from '../../../support/reports.ts';
import { ProviderDouble } from '../../../support/provider-double.ts';
import { addPasskey, Authenticator, makeRecoveryCodes } from '../../../support/authenticator.ts';
import { addToken } from '../../../support/tokens.ts';

const provider = new ProviderDouble();
const app = useApp(noFundingWork, { payments: provider });

const kinds = features.flatMap(({ personalData }) => personalData);

async function documentOf({ accountId }: TestUser): Promise<Record<string, Record<string, any>[]>> {
  let text = '';
  for await (const piece of personalDocument(kinds, app().app.db, accountId)) text += piece;
  return JSON.parse(text) as Record<string, Record<string, any>[]>;
}

const keysOfRows = (document: Record<string, object[]>) =>
  Object.fromEntries(Object.entries(document).map(([name, rows]) => [name, rows.length]));

it('the personal data of an account contains all data of the account, and none of others', async () => {
  const [user, other] = [await app().signUp('Ida Example'), await app().signUp('Other Example')];
  const { id: articleId, slug } = await app().addArticle();
  const post = async (by: TestUser, body: string) =>
    (await app().addComment(by, { articleId, body })).comment!.id;
  const kept = await post(user, 'First text');
  await done(app(), 'editComment', { commentId: kept, body: 'Second text' }, user);
  const removed = await post(user, 'Removed text');
  await done(app(), 'removeComment', { commentId: removed }, user);
  const foreign = await post(other, 'Words of somebody else');
  await done(app(), 'react', { commentId: foreign, kind: 'LIKE' }, user);
  await done(app(), 'react', { commentId: kept, kind: 'LIKE' }, other);
  await app().data(
    `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
    { input: { articleId, statement: 'I agree' } },
    user.token,
  );
  await linkByline(app().app.db, { email: user.email, slug: `byline-${randomUUID()}`, name: 'A byline' });

  const editor = await app().signUp('Ed Example', 'EDITOR');
  const campaign = campaignInput(articleId, [{ title: 'A goal', goal: 10_000 }]);
  const campaignId = await addCampaign(app(), editor, campaign);
  await back(app(), provider, user, { campaignId, amount: '700', named: true });
  await back(app(), provider, other, { campaignId, amount: '900', named: true });
  const second = await app().addArticle();
  const reached = campaignInput(second.id, [{ title: 'A goal', goal: 500 }]);
  const reachedId = await addCampaign(app(), editor, reached);
  await back(app(), provider, user, { campaignId: reachedId, amount: '500' });
  await fundingWorker(app(), provider).run();

  const { credentialId } = await addPasskey(app(), user, new Authenticator(app().url), 'A telephone');
  await makeRecoveryCodes(app(), user);
  const { secret } = await addToken(app(), user, { name: 'A bot', scopes: ['READ'] });
  await addToken(app(), other, { scopes: ['READ'] });
  await tellAll(app());
  await app().data(
    'mutation ($id: ID!) { muteArticle(input: { articleId: $id }) { userErrors { code } } }',
    { id: articleId },
    user.token,
  );
  await app().data(
    'mutation ($id: ID!) { muteThread(input: { commentId: $id }) { userErrors { code } } }',
    { id: foreign },
    user.token,
  );
  // Chosen while the service sent mail.
  await app().app.db.query(
    `INSERT INTO mail_preference (account_id, kind, frequency) VALUES ($1, 'REPLY', 'NEVER')`,
    [user.accountId],
  );

  const document = await documentOf(user);
  expect(keysOfRows(document)).toEqual({
    mails: 0,
    moderatorsNotes: 0,
    account: 1,
    sessions: 1,
    mailedLinks: 0,
    reports: 0,
    decisions: 0,
    appeals: 0,
    passkeys: 1,
    recognisedDevices: 1,
    recoveryCodes: 10,
    tokens: 1,
    logins: 0,
    bylines: 1,
    screenedWords: 0,
    slowModeTurns: 0,
    endorsements: 1,
    unconfirmedEndorsements: 0,
    comments: 2,
    reactions: 1,
    importedAuthors: 0,
    pledges: 2,
    notifications: 3,
    mutes: 0,
    mutedDiscussions: 2,
    mailPreferences: 1,
  });
  expect(document).toMatchObject({
    account: [{ email: user.email, name: 'Ida Example', roles: ['READER'] }],
    tokens: [{ name: 'A bot', scopes: ['READ'], documents: null, lastUsedAt: null, revokedAt: null }],
    passkeys: [{ name: 'A telephone', credentialId: credentialId.toString('hex'), usedAt: null }],
    endorsements: [{ article: slug, statement: 'I agree', withdrawnAt: null }],
    comments: [
      { article: slug, status: 'PUBLISHED', body: 'Second text', earlier: [{ body: 'First text' }] },
      { article: slug, status: 'REMOVED', body: 'Removed text', earlier: [] },
    ],
    reactions: [{ article: slug, kind: 'LIKE' }],
    mutedDiscussions: [{ article: slug, comment: null }, { article: slug }],
    mailPreferences: [{ kind: 'REPLY', frequency: 'NEVER' }],
    pledges: [
      {
        article: slug,
        milestone: 1,
        amount: '700',
        currency: 'EUR',
        testMode: true,
        status: 'ACTIVE',
        displayName: 'Ida Example',
        payments: [],
      },
      {
        article: second.slug,
        status: 'COLLECTED',
        displayName: null,
        payments: [
          { status: 'SUCCEEDED', amount: '500', givenBack: '0', providerId: expect.stringMatching(/./) },
        ],
      },
    ],
  });
  const text = JSON.stringify(document);
  const hash = hashMachineToken(secret).toString('hex');
  for (const absent of [other.email, 'Other Example', 'Words of somebody else', 'argon2', hash])
    expect(text).not.toContain(absent);
});

it('a kind of personal data with more rows than one read returns is complete and in order', async () => {
  const user = await app().signUp();
  const { articleId } = await app().addArticle();
  await app().app.db.query(
    `WITH posted AS (
       INSERT INTO comment (article_id, root_id, depth, ordinal, path, account_id, status, listed, body_markdown, body_html,
         body_text, created_at, created_precision)
       SELECT $1, 0, 0, n, int8send(n), $2, 'PUBLISHED', true, 'Text ' || n, '', '', now(), 'INSTANT'
       FROM generate_series(1, 1203) n ORDER BY n RETURNING article_id, id)
     INSERT INTO comment_reaction (article_id, comment_id, account_id, kind)
     SELECT article_id, id, $2, kind FROM posted, unnest(ARRAY['LIKE', 'INSIGHTFUL']) kind`,
    [articleId, user.accountId],
  );
  const { comments = [], reactions = [] } = await documentOf(user);
  expect(comments.map(({ body }) => body as string)).toEqual(
    Array.from({ length: 1203 }, (_, index) => `Text ${index + 1}`),
  );
  expect(new Set(reactions.map((row) => `${row.commentId} ${row.kind}`)).size).toBe(2406);
});

it('reports and decisions are told in the words of the API, which hide that a report was in bad faith or a comment reported', async () => {
  const [author, reporter] = [await app().signUp('Ann Author'), await app().signUp('Rae Reporter')];
  const { id: articleId } = await app().addArticle();
  const states = ['OPEN', 'UPHELD', 'DISMISSED', 'BAD_FAITH', 'OBSOLETE'] as const;
  for (const state of states) {
    const { comment } = await app().addComment(author, { articleId });
    const commentId = comment!.id;
    await report(app(), reporter, commentId, { note: state });
    const decisionId = await decide(app(), commentId, {
      kind: state === 'UPHELD' ? 'REMOVED' : 'KEPT',
      revision: 1,
    });
    await app().app.db.query('UPDATE moderation_decision SET subject_id = $2 WHERE id = $1', [
      decisionId,
      author.accountId,
    ]);
    if (state !== 'OPEN') await close(app(), commentId, { state, decisionId });
  }
  const { reports } = await documentOf(reporter);
  expect(reports?.map(({ note, outcome }) => [note, outcome])).toEqual([
    ['OPEN', 'OPEN'],
    ['UPHELD', 'ACTION_TAKEN'],
    ['DISMISSED', 'NO_ACTION'],
    ['BAD_FAITH', 'NO_ACTION'],
    ['OBSOLETE', 'OBSOLETE'],
  ]);
  expect(reports?.map(({ state }) => state)).toEqual(states.map(() => undefined));
  const { decisions } = await documentOf(author);
  expect(decisions?.map(({ kind }) => kind)).toEqual(['REMOVED']);
});
