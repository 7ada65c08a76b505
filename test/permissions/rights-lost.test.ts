/**
 * What an account loses while its command waits, the command has lost.
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../support/app.ts';
import { globalId } from '../support/article-states.ts';
import { keyIn } from '../support/articles.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { personId } from '../support/persons.ts';
import { addEmailLink, addSignIn, duringChange, sessionOf } from '../support/sessions.ts';
import { addToken } from '../support/tokens.ts';
import type { Objects } from './declaration.ts';
import { documentOf } from './mutation-documents.ts';
import { mutations } from './table.ts';

/** Mutations that use no right of the request's account: they begin a session, ask for a mail, or act by the token of a mailed link. */
const ofStrangers = [
  ...['signUp', 'signIn', 'refreshSession', 'confirmSignUp', 'finishSignIn', 'signInWithToken'],
  ...['requestPasswordReset', 'resetPassword', 'requestSignInLink', 'signInWithLink'],
  ...['beginPasskeySignIn', 'finishPasskeySignIn', 'signInWithRecoveryCode'],
  ...['requestEndorsement', 'confirmEndorsement', 'withdrawMailedEndorsement'],
  // Ends the session that has ended.
  'signOut',
];

/** Mutations that their declared inputs do not bring to their transaction: something else refuses them first. */
const refusedBefore = [
  ...['addPasskey', 'beginPasskeyProof'],
  ...['createWebhook', 'testWebhook', 'undoDecision'],
  ...['pledge', 'changePledge', 'retryPledge'],
];

describe('a command that waits', () => {
  const service = useApp(noMailWork, { mailTransport: noTransport });
  let administrator: TestUser;
  let objects: Objects;

  beforeAll(async () => {
    administrator = await service().signUp('Ad Example', 'ADMINISTRATOR', 'JOURNALIST');
    const { id: articleId } = await service().addArticle();
    const { comment } = await service().addComment(administrator, { articleId });
    objects = { articleId, commentId: comment!.id };
  });

  const revoke = (token: string) =>
    ['UPDATE session SET revoked_at = now() WHERE id = $1', sessionOf(token)] as const;
  const change = (user: TestUser, to: string) =>
    [`UPDATE account SET ${to} WHERE id = $1`, user.accountId] as const;
  const send = (name: string, input: object | undefined, token: string) =>
    service().query(documentOf(name), { input }, { token });
  const codeOf = ({ data, errors }: any, name: string): string | undefined =>
    errors?.[0]?.extensions.code ?? data[name].userErrors[0]?.code;
  const commentsOf = ({ accountId }: TestUser) =>
    service().app.db.query<{ status: string }>('SELECT status FROM comment WHERE account_id = $1', [
      accountId,
    ]);

  it('uses no session that has ended meanwhile, whatever the mutation', async () => {
    const effective: Record<string, object> = {
      changePassword: { newPassword: 'another long password' },
      changeName: { name: 'Ad Example' },
      changeEmail: { email: 'another@example.org' },
      confirmEmail: await addEmailLink(service(), administrator, 'another@example.org'),
      linkLogin: await addSignIn(service(), 'ada'),
      setMailPreferences: { preferences: [{ kind: 'REPLY', frequency: 'NEVER' }] },
      endSession: { sessionId: globalId('Session', randomUUID()) },
      renamePasskey: { passkeyId: globalId('Passkey', '999999'), name: 'x' },
      createServiceAccount: { name: 'A bot' },
      addPersonNote: { personId: personId(administrator.accountId), text: 'A note.' },
      grantRole: { personId: personId(administrator.accountId), role: 'EDITOR' },
      revokeRole: { personId: personId(administrator.accountId), role: 'EDITOR' },
    };
    const atOnce: string[] = [];
    for (const [name, { input: inputOf }] of Object.entries(mutations)) {
      if (ofStrangers.includes(name)) continue;
      const input = effective[name] ?? inputOf?.(objects);
      const { hasWaited, answer } = await duringChange(service(), revoke(administrator.token), () =>
        send(name, input, administrator.token),
      );
      if (hasWaited) expect([name, codeOf(answer, name)]).toEqual([name, 'UNAUTHENTICATED']);
      else atOnce.push(name);
      await service().app.db.query('UPDATE session SET revoked_at = NULL WHERE id = $1', [
        sessionOf(administrator.token),
      ]);
    }
    expect(atOnce.sort()).toEqual([...refusedBefore].sort());
  });

  it('grants no role by a role that was taken away meanwhile', async () => {
    const [granting, friend] = [
      await service().signUp('Ex Example', 'ADMINISTRATOR'),
      await service().signUp('Fred Example'),
    ];
    const { hasWaited, answer } = await duringChange(service(), change(granting, `roles = '{READER}'`), () =>
      send('grantRole', { personId: personId(friend.accountId), role: 'ADMINISTRATOR' }, granting.token),
    );
    expect([hasWaited, codeOf(answer, 'grantRole')]).toEqual([true, 'FORBIDDEN']);
    // Nor to themselves.
    const again = await service().signUp('Ex Example', 'ADMINISTRATOR');
    const own = { personId: personId(again.accountId), role: 'ADMINISTRATOR' };
    await duringChange(service(), change(again, `roles = '{READER}'`), () =>
      send('grantRole', own, again.token),
    );
    const roles = await service().app.db.query('SELECT roles FROM account WHERE id = ANY($1::bigint[])', [
      [granting.accountId, friend.accountId, again.accountId],
    ]);
    expect(roles).toEqual([{ roles: ['READER'] }, { roles: ['READER'] }, { roles: ['READER'] }]);
  });

  it.each([
    { sanction: 'suspended_at = now()', code: 'ACCOUNT_SUSPENDED', stored: [] },
    { sanction: 'premoderated_at = now()', code: undefined, stored: [{ status: 'PENDING' }] },
  ])(
    'judges a comment by $sanction meanwhile, beside one of somebody else',
    async ({ sanction, code, stored }) => {
      const [author, other] = [await service().signUp(), await service().signUp()];
      const input = { articleId: objects.articleId, body: 'A comment.' };
      const { hasWaited, answer } = await duringChange(service(), change(author, sanction), () =>
        Promise.all([send('addComment', input, author.token), send('addComment', input, other.token)]),
      );
      expect(hasWaited).toBe(true);
      expect(answer.map((each) => codeOf(each, 'addComment'))).toEqual([code, undefined]);
      expect(await commentsOf(author)).toEqual(stored);
      expect(await commentsOf(other)).toEqual([{ status: 'PUBLISHED' }]);
    },
  );

  it('answers for each comment of several by the rights that are left', async () => {
    const [moderator, author] = [await service().signUp('Mo Example', 'MODERATOR'), await service().signUp()];
    await service().app.db.query('UPDATE account SET premoderated_at = now() WHERE id = $1', [
      author.accountId,
    ]);
    const decisions: { commentId: string; expectedRevision: number; verdict: string }[] = [];
    for (let n = 0; n < 2; n++) {
      const { comment } = await service().addComment(author, { articleId: objects.articleId });
      decisions.push({ commentId: comment!.id, expectedRevision: 1, verdict: 'APPROVE' });
    }
    const document = `mutation ($input: DecideCommentsInput!) { decideComments(input: $input) {
      results { commentId comment { id } userErrors { code } } userErrors { code } } }`;
    const { answer } = await duringChange(service(), change(moderator, `roles = '{READER}'`), () =>
      service().query(document, { input: { decisions } }, { token: moderator.token }),
    );
    // A reader does not learn that there is such a comment.
    const userErrors = [{ code: 'NOT_FOUND' }];
    const results = decisions.map(({ commentId }) => ({ commentId, comment: null, userErrors }));
    expect(answer.data.decideComments).toEqual({ results, userErrors: [] });
    expect(await commentsOf(author)).toEqual([{ status: 'PENDING' }, { status: 'PENDING' }]);
  });

  it('uses no machine token that was revoked meanwhile', async () => {
    const bot = await service().signUp();
    const { id, secret } = await addToken(service(), bot, { scopes: ['READ', 'COMMENT'] });
    const { hasWaited, answer } = await duringChange(
      service(),
      ['UPDATE token SET revoked_at = now() WHERE id = $1', keyIn(id)],
      () => send('addComment', { articleId: objects.articleId, body: 'A comment.' }, secret),
    );
    expect([hasWaited, codeOf(answer, 'addComment')]).toEqual([true, 'UNAUTHENTICATED']);
    expect(await commentsOf(bot)).toEqual([]);
  });

  it('goes on where the account has only gained', async () => {
    const author = await service().signUp();
    const { hasWaited, answer } = await duringChange(
      service(),
      change(author, `roles = '{READER,MODERATOR}'`),
      () => send('addComment', { articleId: objects.articleId, body: 'A comment.' }, author.token),
    );
    expect([hasWaited, codeOf(answer, 'addComment')]).toEqual([true, undefined]);
  });
});
