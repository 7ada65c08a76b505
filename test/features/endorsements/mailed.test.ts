import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { features } from '../../../src/app/features.ts';
import {
  pruneEndorsementLinks,
  pruneMailCounts,
} from '../../../src/features/endorsements/endorsement-link.queries.ts';
import { personalDocument } from '../../../src/features/people/erasure/personal-data.ts';
import { exportArticle } from '../../../src/features/import/export.service.ts';
import { setArticle } from '../../support/article-states.ts';
import { nothingKept, TestApp, type TestUser, useApp } from '../../support/app.ts';
import { erasureOf } from '../../support/erasure.ts';
import { eventually } from '../../support/eventually.ts';
import { bringIn } from '../../support/imports.ts';
import { noMailWork, noTransport } from '../../support/mail.ts';
import { PinnedClock } from '../../support/pinned-clock.ts';

const settings = {
  ...noMailWork,
  TRUST_PROXY: 'true',
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: '1000',
  MAX_MAILS_PER_SENDER_PER_HOUR: '1000',
  MAX_ENDORSEMENT_MAILS_PER_CLIENT_PER_HOUR: '1000',
  MAX_ENDORSEMENT_MAILS_PER_RECIPIENT_PER_HOUR: '5',
  MAX_ENDORSEMENT_MAILS_PER_ARTICLE_PER_HOUR: '1000',
};
const password = 'correct horse battery';
const newEmail = (): string => `${randomUUID()}@example.org`;

const errors = 'userErrors { code field }';
const documents = {
  request: `mutation ($input: RequestEndorsementInput!) { requestEndorsement(input: $input) { expiresAt ${errors} } }`,
  confirm: `mutation ($input: ConfirmEndorsementInput!) { confirmEndorsement(input: $input) {
    endorsement { id displayName affiliation statement origin article { id } } endorsementEdge { cursor node { id } }
    article { id endorsementCount } ${errors} } }`,
  withdraw: `mutation ($input: WithdrawMailedEndorsementInput!) { withdrawMailedEndorsement(input: $input) {
    withdrawnEndorsementId article { id endorsementCount } ${errors} } }`,
  link: `query ($token: String!) { viewerMailedEndorsement(token: $token) {
    state displayName affiliation statement expiresAt article { id title } } }`,
  article: `query ($slug: String!) { article(slug: $slug) { endorsementCount canEndorseByMail viewerCanEndorse
    viewerEndorsement { id } endorsements { totalCount nodes { id displayName origin } } } }`,
  endorse: `mutation ($input: EndorseInput!) { endorse(input: $input) { endorsement { id } ${errors} } }`,
  withdrawOwn: `mutation ($input: WithdrawEndorsementInput!) { withdrawEndorsement(input: $input) {
    withdrawnEndorsementId ${errors} } }`,
};

const codeOf = ({ userErrors }: { userErrors: { code: string }[] }): string | undefined =>
  userErrors[0]?.code;

describe('endorsements without an account', () => {
  const clock = new PinnedClock();
  let other: TestApp;
  // Before those of the first node, whose database it uses.
  afterAll(() => other.close());
  const service = useApp(settings, { mailTransport: noTransport, clock });
  let app: TestApp;
  let requests = 0;

  beforeAll(async () => {
    app = service();
    other = await TestApp.start(
      { ...settings, ...nothingKept },
      { mailTransport: noTransport, clock, database: app.database },
    );
  });

  /** Each request comes from an address of its own, as those of many readers do. */
  const send = async (document: string, variables: Record<string, unknown>, node = app): Promise<any> => {
    requests += 1;
    const headers = { 'x-forwarded-for': `198.51.${requests >> 8}.${requests & 255}` };
    const answer = await node.query(document, variables, { headers });
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return Object.values(answer.data)[0];
  };
  const request = (articleId: string, email: string, more: Record<string, unknown> = {}) =>
    send(documents.request, { input: { articleId, email, displayName: 'Bo Example', ...more } });
  const confirm = (token: string, node = app) => send(documents.confirm, { input: { token } }, node);
  const withdraw = (token: string, node = app) => send(documents.withdraw, { input: { token } }, node);
  const look = (token: string) => send(documents.link, { token });
  const read = async (slug: string, user?: TestUser) =>
    (await app.data(documents.article, { slug }, user?.token)).article;
  const log = async (articleId: string): Promise<string[]> => {
    const rows = await app.app.db.query<{ kind: string }>(
      'SELECT kind FROM article_event WHERE article_id = $1 ORDER BY sequence',
      [articleId],
    );
    return rows.map(({ kind }) => kind);
  };
  const mailsTo = (email: string) =>
    app.app.db.query<{ kind: string; subject: string; text: string; html: string; secret: boolean }>(
      'SELECT kind, subject, text, html, secret FROM mail WHERE recipient = $1 ORDER BY created_at',
      [email],
    );

  /** Asks for an endorsement. @returns the token of its mailed link */
  async function tokenOf(
    articleId: string,
    email: string,
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const before = (await mailsTo(email)).length;
    expect(await request(articleId, email.toUpperCase(), more)).toEqual({
      expiresAt: expect.any(String),
      userErrors: [],
    });
    const mail = (await mailsTo(email))[before];
    return /\/mailed-endorsement#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1] ?? '';
  }

  /** Begins an account whose address the test knows. @returns what opens it, and returns an access token */
  async function beginSignUp(email: string): Promise<(node?: TestApp) => Promise<string>> {
    const { signUp: begun } = await app.data(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { confirmation { secret } ${errors} } }`,
      { input: { email, password, name: 'Ada Example' } },
    );
    const token = /#([\w-]{43})$/m.exec((await mailsTo(email)).at(-1)?.text ?? '')?.[1];
    return async (node = app) => {
      const { confirmSignUp } = await node.data(
        `mutation ($input: ConfirmSignUpInput!) { confirmSignUp(input: $input) { session { accessToken } ${errors} } }`,
        { input: { token, secret: begun.confirmation.secret } },
      );
      return confirmSignUp.session.accessToken as string;
    };
  }

  const signUp = async (email: string): Promise<string> => (await beginSignUp(email))();

  /** Where the database has a text, or the hash of it. */
  async function tablesWith(text: string): Promise<string[]> {
    const tables = await app.app.db.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()`,
    );
    const found = [];
    for (const { name } of tables) {
      const rows = await app.app.db.query(
        `SELECT 1 FROM "${name}" t WHERE to_jsonb(t)::text LIKE '%' || $1 || '%' LIMIT 1`,
        [text],
      );
      if (rows.length > 0) found.push(name);
    }
    return found.sort();
  }

  it('are public and counted once their mailed link is confirmed, and withdrawn by the same link', async () => {
    const { id, articleId, slug } = await app.addArticle({ article: { title: 'Keep the ferry' } });
    const email = newEmail();
    expect(await read(slug)).toMatchObject({ canEndorseByMail: true, viewerCanEndorse: false });
    const listener = app.live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const token = await tokenOf(id, email, {
      displayName: ' Bo  Example ',
      affiliation: 'Ferryman',
      statement: 'Write to bo@example.org',
    });
    const [mail] = await mailsTo(email);
    expect(mail).toMatchObject({ kind: 'ENDORSEMENT', secret: true });
    expect(mail?.text).toContain('“Keep the ferry”');
    for (const chosen of ['Bo Example', 'Bo  Example', 'Ferryman', 'Write to'])
      expect(`${mail?.subject}${mail?.text}${mail?.html}`).not.toContain(chosen);

    // A program that follows the link changes nothing.
    const page = await fetch(`${app.url}/mailed-endorsement`, { headers: { accept: 'text/html' } });
    expect(page.status).not.toBe(500);
    const texts = {
      displayName: 'Bo Example',
      affiliation: 'Ferryman',
      statement: 'Write to [address hidden]',
    };
    expect(await look(token)).toEqual({
      ...{
        ...texts,
        state: 'PENDING',
        expiresAt: new Date(clock.now().getTime() + 48 * 3_600_000).toISOString(),
      },
      article: { id, title: 'Keep the ferry' },
    });
    expect(await read(slug)).toMatchObject({ endorsementCount: 0, endorsements: { totalCount: 0 } });
    expect(await log(articleId)).toEqual([]);

    const confirmed = await confirm(token);
    expect(confirmed).toMatchObject({
      endorsement: { ...texts, origin: 'EMAIL', article: { id } },
      article: { endorsementCount: 1 },
      userErrors: [],
    });
    expect(confirmed.endorsementEdge.node.id).toBe(confirmed.endorsement.id);
    expect(await confirm(token, other)).toEqual(confirmed);
    const [added] = await listener.waitFor(1, 'EndorsementAdded');
    expect(added).toMatchObject({
      endorsement: { displayName: 'Bo Example' },
      article: { endorsementCount: 1 },
    });
    expect(JSON.stringify(added)).not.toContain(email);
    expect(await look(token)).toMatchObject({ ...texts, state: 'CONFIRMED', expiresAt: null });
    expect(await tablesWith(email)).toEqual(['endorsement_link', 'mail']);

    await app.app.db.query('UPDATE mail SET look_at = NULL, sent_at = now() WHERE recipient = $1', [email]);
    const withdrawn = await withdraw(token);
    expect(withdrawn).toEqual({
      withdrawnEndorsementId: confirmed.endorsement.id,
      article: { id, endorsementCount: 0 },
      userErrors: [],
    });
    expect(await withdraw(token, other)).toEqual(withdrawn);
    expect(codeOf(await confirm(token))).toBe('LINK_INVALID');
    expect(await look(token)).toMatchObject({ state: 'WITHDRAWN', displayName: null, statement: null });
    await listener.waitFor(1, 'EndorsementWithdrawn');
    expect(await log(articleId)).toEqual(['ENDORSEMENT_ADDED', 'ENDORSEMENT_WITHDRAWN']);
    // The address and the texts are erased with it.
    for (const text of [email, createHash('sha256').update(email).digest('hex'), 'Ferryman'])
      expect(await tablesWith(text)).toEqual([]);
  });

  it('get the same answer and the same mail whether or not the address is known', async () => {
    const { id, slug } = await app.addArticle();
    const known = newEmail();
    await signUp(known);
    const [endorsed, unknown] = [newEmail(), newEmail()];
    await confirm(await tokenOf(id, endorsed));
    const answers = await Promise.all([known, endorsed, unknown].map((email) => request(id, email)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const mails = await Promise.all(
      [known, endorsed, unknown].map(async (email) => {
        const mail = (await mailsTo(email)).at(-1);
        return `${mail?.kind} ${mail?.subject} ${mail?.text.replace(/#.*/, '')}`;
      }),
    );
    expect(new Set(mails).size).toBe(1);
    // The second link of an address shows what the first one has made, and withdraws it.
    const token = await tokenOf(id, endorsed, { displayName: 'Another name' });
    expect(await look(token)).toMatchObject({ state: 'CONFIRMED', displayName: 'Bo Example' });
    expect(codeOf(await confirm(token))).toBe('ALREADY_ENDORSED');
    expect((await read(slug)).endorsementCount).toBe(1);
    expect((await withdraw(token)).article.endorsementCount).toBe(0);
    expect(await tablesWith('Another name')).toEqual([]);
  });

  it('that are confirmed fifty times at once on two nodes are made once', async () => {
    const { id, articleId, slug } = await app.addArticle();
    const token = await tokenOf(id, newEmail());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => confirm(token, n % 2 === 0 ? app : other)),
    );
    expect(answers.map(codeOf).filter((code) => code !== undefined)).toEqual([]);
    expect(new Set(answers.map(({ endorsement }) => endorsement.id)).size).toBe(1);
    expect(await read(slug)).toMatchObject({ endorsementCount: 1, endorsements: { totalCount: 1 } });
    expect(await log(articleId)).toEqual(['ENDORSEMENT_ADDED']);
  });

  it('of one address by several links and its account at once are one', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id, articleId, slug } = await app.addArticle();
      const email = newEmail();
      const session = await signUp(email);
      const tokens = [await tokenOf(id, email), await tokenOf(id, email)];
      const answers = await Promise.all([
        ...tokens.flatMap((token) => [confirm(token), confirm(token, other)]),
        app.data(documents.endorse, { input: { articleId: id } }, session).then(({ endorse }) => endorse),
        other.data(documents.endorse, { input: { articleId: id } }, session).then(({ endorse }) => endorse),
      ]);
      const codes = answers.map(codeOf);
      expect(codes.every((code) => code === undefined || code === 'ALREADY_ENDORSED')).toBe(true);
      expect(new Set(answers.flatMap(({ endorsement }) => endorsement?.id ?? [])).size).toBe(1);
      expect(await read(slug)).toMatchObject({ endorsementCount: 1, endorsements: { totalCount: 1 } });
      expect(await log(articleId)).toEqual(['ENDORSEMENT_ADDED']);
    }
  });

  it('are withdrawn or never made when both happen at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id, articleId, slug } = await app.addArticle();
      const token = await tokenOf(id, newEmail());
      await Promise.all([confirm(token), withdraw(token, other), confirm(token, other), withdraw(token)]);
      expect((await read(slug)).endorsementCount).toBe(0);
      expect([[], ['ENDORSEMENT_ADDED', 'ENDORSEMENT_WITHDRAWN']]).toContainEqual(await log(articleId));
      expect((await look(token)).state).toBe('WITHDRAWN');
    }
    await checkInvariants(app.app.db);
  });

  it('belong to the account that proves their address later, with its export and its erasure', async () => {
    const { id, slug } = await app.addArticle();
    const waiting = await app.addArticle();
    const email = newEmail();
    const token = await tokenOf(id, email, { statement: 'A private reason' });
    const made = (await confirm(token)).endorsement;
    await tokenOf(waiting.id, email, { statement: 'Not confirmed yet' });
    // Kept in memory, for those who have not endorsed it.
    const bystander = await app.signUp();
    expect((await read(slug, bystander)).viewerCanEndorse).toBe(true);
    const [session] = await Promise.all([signUp(email), confirm(token, other)]);
    const own = (await app.data(documents.article, { slug }, session)).article;
    expect(own).toMatchObject({
      endorsementCount: 1,
      viewerCanEndorse: false,
      viewerEndorsement: { id: made.id },
    });
    const { endorse } = await app.data(documents.endorse, { input: { articleId: id } }, session);
    expect(codeOf(endorse)).toBe('ALREADY_ENDORSED');
    expect(codeOf(await confirm(await tokenOf(id, email)))).toBe('ALREADY_ENDORSED');

    const [account] = await app.app.db.query<{ id: string }>(
      'SELECT id::text AS id FROM account WHERE email = $1',
      [email],
    );
    let data = '';
    const kinds = features.flatMap(({ personalData }) => personalData);
    for await (const piece of personalDocument(kinds, app.app.db, account!.id)) data += piece;
    expect(JSON.parse(data)).toMatchObject({
      endorsements: [{ article: slug, statement: 'A private reason', byMail: true, withdrawnAt: null }],
      unconfirmedEndorsements: expect.arrayContaining([
        expect.objectContaining({ article: waiting.slug, statement: 'Not confirmed yet' }),
      ]),
    });
    await erasureOf(app).erase(email);
    for (const text of [email, 'A private reason', 'Not confirmed yet'])
      expect(await tablesWith(text)).toEqual([]);
    expect((await read(slug)).endorsementCount).toBe(0);
    expect(codeOf(await withdraw(token))).toBe('LINK_INVALID');
    await checkInvariants(app.app.db);
  });

  it('that are confirmed while their account is opened belong to it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id, slug } = await app.addArticle();
      const email = newEmail();
      const token = await tokenOf(id, email);
      const open = await beginSignUp(email);
      const [session, made] = await Promise.all([open(other), confirm(token)]);
      const { viewerEndorsement, endorsementCount } = (await app.data(documents.article, { slug }, session))
        .article;
      expect([viewerEndorsement, endorsementCount]).toEqual([{ id: made.endorsement.id }, 1]);
    }
  });

  it('can be withdrawn by the link or by the account once it owns them', async () => {
    const [first, second] = [await app.addArticle(), await app.addArticle()];
    const email = newEmail();
    const tokens = [await tokenOf(first.id, email), await tokenOf(second.id, email)] as const;
    for (const token of tokens) await confirm(token);
    const session = await signUp(email);
    expect((await withdraw(tokens[0])).article.endorsementCount).toBe(0);
    const { withdrawEndorsement } = await app.data(
      documents.withdrawOwn,
      { input: { articleId: second.id } },
      session,
    );
    expect(withdrawEndorsement).toEqual({ withdrawnEndorsementId: expect.any(String), userErrors: [] });
    expect((await look(tokens[1])).state).toBe('WITHDRAWN');
    expect(await withdraw(tokens[1])).toMatchObject(withdrawEndorsement);
  });

  it('of an account that has endorsed the article itself are withdrawn when it gets their address', async () => {
    const { id, articleId, slug } = await app.addArticle();
    const [present, next] = [newEmail(), newEmail()];
    const session = await signUp(present);
    const { endorse } = await app.data(documents.endorse, { input: { articleId: id } }, session);
    const mailed = await tokenOf(id, next);
    await confirm(mailed);
    expect((await read(slug)).endorsementCount).toBe(2);
    const elsewhere = await app.addArticle();
    await confirm(await tokenOf(elsewhere.id, next));
    const ofAccount = async () =>
      (await app.data(documents.article, { slug: elsewhere.slug }, session)).article.viewerCanEndorse;
    // Twice: the second answer comes from memory.
    expect([await ofAccount(), await ofAccount()]).toEqual([true, true]);
    await app.app.db.query('UPDATE account SET email = $2, email_verified_at = now() WHERE email = $1', [
      present,
      next,
    ]);
    expect(await ofAccount()).toBe(false);
    await eventually('one endorsement', async () => (await read(slug)).endorsementCount === 1);
    expect((await read(slug)).endorsements.nodes).toMatchObject([
      { id: endorse.endorsement.id, origin: 'ACCOUNT' },
    ]);
    expect(await log(articleId)).toEqual(['ENDORSEMENT_ADDED', 'ENDORSEMENT_ADDED', 'ENDORSEMENT_WITHDRAWN']);
    expect((await look(mailed)).state).toBe('WITHDRAWN');
    expect(await tablesWith(next)).toEqual(['account', 'mail']);
    await checkInvariants(app.app.db);
  });

  it('need a published article, a link that has not expired, and an account that is not suspended', async () => {
    const { id, articleId, slug } = await app.addArticle();
    const email = newEmail();
    const token = await tokenOf(id, email);
    await setArticle(app, articleId, { status: 'UNPUBLISHED' });
    expect(codeOf(await request(id, newEmail()))).toBe('NOT_FOUND');
    expect(codeOf(await confirm(token))).toBe('WRONG_STATUS');
    expect((await look(token)).article).toBeNull();
    await setArticle(app, articleId, {});
    await signUp(email);
    await app.app.db.query('UPDATE account SET suspended_at = now() WHERE email = $1', [email]);
    expect(codeOf(await confirm(token))).toBe('ACCOUNT_SUSPENDED');
    await app.app.db.query('UPDATE account SET suspended_at = NULL WHERE email = $1', [email]);
    const lateEmail = newEmail();
    const late = await tokenOf(id, lateEmail);
    await confirm(token);
    // Also of an article that is not published at the moment.
    await setArticle(app, articleId, { status: 'UNPUBLISHED' });
    expect(await withdraw(token)).toMatchObject({ article: null, userErrors: [] });
    await setArticle(app, articleId, {});
    expect(await read(slug)).toMatchObject({ endorsementCount: 0 });

    const now = clock.now();
    clock.advance(48 * 3600);
    expect(codeOf(await confirm(late))).toBe('LINK_INVALID');
    expect(codeOf(await withdraw(late))).toBe('LINK_INVALID');
    expect(await look(late)).toBeNull();
    await app.app.db.query('UPDATE mail SET look_at = NULL, sent_at = now() WHERE recipient = $1', [
      lateEmail,
    ]);
    const inNineDays = new Date(now.getTime() + 9 * 86_400_000);
    await app.app.db.transaction(async (tx) => {
      await pruneEndorsementLinks(tx, inNineDays);
      await pruneMailCounts(tx, inNineDays);
    });
    clock.set(now);
    expect(await tablesWith(lateEmail)).toEqual([]);
    for (const each of [late, token]) expect(codeOf(await withdraw(each))).toBe('LINK_INVALID');
    for (const each of ['none', '']) expect(codeOf(await confirm(each))).toBe('LINK_INVALID');
  });

  it('are exported like others, and an import of that changes none of them', async () => {
    const { id, slug } = await app.addArticle();
    const email = newEmail();
    await confirm(await tokenOf(id, email, { statement: 'Yes' }));
    const document = await exportArticle(app.app.db, slug);
    expect(JSON.stringify(document)).not.toContain(email);
    const endorsements = document.endorsements?.map((each) => ({ ...each, statement: 'No' }));
    await bringIn(app, { ...document, endorsements });
    const [row] = await app.app.db.query(
      'SELECT statement, by_mail FROM endorsement WHERE by_mail AND listed AND article_id IN (SELECT id FROM article WHERE slug = $1)',
      [slug],
    );
    expect(row).toEqual({ statement: 'Yes', by_mail: true });
  });

  it('have the bounds of other endorsements, and faults are told at once', async () => {
    const { id } = await app.addArticle();
    const input = { displayName: ' ', affiliation: 'a'.repeat(121), statement: 'a'.repeat(2001) };
    const { userErrors } = await request(id, 'nobody', input);
    expect(userErrors).toEqual([
      { code: 'EMPTY_TEXT', field: ['displayName'] },
      { code: 'TOO_LONG', field: ['affiliation'] },
      { code: 'TOO_LONG', field: ['statement'] },
      { code: 'INVALID_INPUT', field: ['email'] },
    ]);
  });

  it('are asked for a bounded number of times in an hour, by client, recipient and article, on all nodes', async () => {
    const few = {
      ...settings,
      ...nothingKept,
      MAX_ENDORSEMENT_MAILS_PER_CLIENT_PER_HOUR: '3',
      MAX_ENDORSEMENT_MAILS_PER_ARTICLE_PER_HOUR: '2',
    };
    const shared = { mailTransport: noTransport, clock, database: app.database };
    const nodes = [await TestApp.start(few, shared), await TestApp.start(few, shared)] as const;
    try {
      const articles = await Promise.all(Array.from({ length: 5 }, () => app.addArticle()));
      let asked = 0;
      /** Asks for a mail, of the nodes in turn; of each article twice. */
      const ask = async (from: string, email: string, articleId?: string) => {
        const n = asked++;
        const answer = await nodes[n % 2]!.query(
          documents.request,
          { input: { articleId: articleId ?? articles[n >> 1]?.id, email, displayName: 'Bo Example' } },
          { headers: { 'x-forwarded-for': from } },
        );
        return (answer.errors?.[0]?.extensions.policy ?? answer.data.requestEndorsement.expiresAt) as string;
      };
      const fromOne = await Promise.all(Array.from({ length: 10 }, () => ask('203.0.113.1', newEmail())));
      expect(fromOne.filter((answer) => answer !== 'endorsement-mails')).toHaveLength(3);

      const { id } = await app.addArticle();
      const ofOne = await Promise.all([1, 2, 3, 4].map((n) => ask(`203.0.113.3${n}`, newEmail(), id)));
      expect(ofOne.filter((answer) => answer !== 'endorsement-mails')).toHaveLength(2);

      // To one recipient: the answer stays the same, and no mail is sent.
      const email = newEmail();
      const toOne = [];
      for (let n = 0; n < 7; n += 1) toOne.push(await request((await app.addArticle()).id, email));
      expect(new Set(toOne.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await mailsTo(email)).toHaveLength(5);

      const now = clock.now();
      clock.advance(3600);
      expect(await ask('203.0.113.1', newEmail(), id)).not.toBe('endorsement-mails');
      clock.set(now);
    } finally {
      for (const node of nodes) await node.close();
    }
  });

  it('are refused where the service sends no mail, and can still be confirmed and withdrawn', async () => {
    const without = await TestApp.start(nothingKept, { clock, database: app.database });
    try {
      const { id, slug } = await app.addArticle();
      const token = await tokenOf(id, newEmail());
      const input = { articleId: id, email: newEmail(), displayName: 'Bo Example' };
      const { requestEndorsement } = await without.data(documents.request, { input });
      expect(requestEndorsement).toEqual({
        expiresAt: null,
        userErrors: [{ code: 'MAIL_OFF', field: null }],
      });
      expect((await without.data(documents.article, { slug })).article.canEndorseByMail).toBe(false);
      expect((await confirm(token, without)).article.endorsementCount).toBe(1);
      expect((await withdraw(token, without)).article.endorsementCount).toBe(0);
    } finally {
      await without.close();
    }
  });
});
