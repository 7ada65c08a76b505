/**
 * Commands about somebody lock that account and the viewer's in the order of their ids, and whoever may not give them locks nothing.
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../../support/app.ts';
import { keyOf } from '../../support/comments.ts';
import { onPerson, personId } from '../../support/persons.ts';
import { duringChange } from '../../support/sessions.ts';
import { addServiceAccount } from '../../support/tokens.ts';

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('commands about somebody', () => {
  const app = useApp();
  let other: TestUser;
  let earlier: TestUser;
  let service: { id: string };
  let viewer: TestUser;
  let later: TestUser;
  let reader: TestUser;

  beforeAll(async () => {
    other = await app().signUp('Al Example', 'ADMINISTRATOR');
    earlier = await app().signUp('Ada Example');
    service = await addServiceAccount(app(), other, { name: 'Indexer' });
    viewer = await app().signUp('Bea Example', 'ADMINISTRATOR');
    later = await app().signUp('Ida Example');
    reader = await app().signUp('Rea Example');
  });

  const send = (name: string, input: Record<string, unknown>, by = viewer) =>
    app().query(
      `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { userErrors { code } } }`,
      { input },
      { token: by.token },
    );

  /** Sends a command while the first account is locked. @returns what it answers, once it has waited without the second */
  const whileLocked = async (first: string, second: string, command: () => ReturnType<typeof send>) => {
    const { hasWaited, answer } = await duringChange(
      app(),
      ['SELECT FROM account WHERE id = $1 FOR UPDATE', first],
      command,
      ['SELECT FROM account WHERE id = $1 FOR UPDATE NOWAIT', second],
    );
    expect(hasWaited).toBe(true);
    return answer;
  };

  const decide = async (person: TestUser): Promise<{ decisionId: string }> => {
    const input = {
      personId: personId(person.accountId),
      since: new Date(Date.now() - 1000).toISOString(),
      reason: 'SPAM',
    };
    return { decisionId: (await onPerson(app(), other, 'removeCommentsSince', input)).decision.id };
  };

  const appeal = async (person: TestUser): Promise<{ appealId: string }> => {
    const { decisionId } = await decide(person);
    await send('appealDecision', { decisionId, text: 'It was about the harbour.' }, person);
    return { appealId: Buffer.from(`ModerationAppeal:${keyOf(decisionId)}`).toString('base64url') };
  };

  const aboutPerson = [
    { name: 'suspendAccount', input: () => ({ reason: 'SPAM', until: inAnHour() }) },
    { name: 'banAccount', input: () => ({ reason: 'SPAM' }) },
    { name: 'premoderateAccount', input: () => ({ reason: 'SPAM' }) },
    { name: 'liftSanction', input: () => ({ kind: 'SUSPENSION' }) },
    { name: 'removeCommentsSince', input: () => ({ since: new Date().toISOString(), reason: 'SPAM' }) },
    { name: 'addPersonNote', input: () => ({ text: 'A note.' }) },
    { name: 'grantRole', input: () => ({ role: 'JOURNALIST' }) },
    { name: 'revokeRole', input: () => ({ role: 'JOURNALIST' }) },
  ].map(({ name, input }) => ({
    name,
    input: (person: TestUser) =>
      Promise.resolve<Record<string, unknown>>({ personId: personId(person.accountId), ...input() }),
  }));

  const commands = [
    ...aboutPerson,
    { name: 'undoDecision', input: decide },
    {
      name: 'answerAppeal',
      input: async (person: TestUser) => ({ ...(await appeal(person)), outcome: 'UPHELD' }),
    },
  ];

  it.each(commands)('$name waits for an earlier account before it holds the viewer’s', async (command) => {
    const input = await command.input(earlier);
    const answer = await whileLocked(earlier.accountId, viewer.accountId, () => send(command.name, input));
    expect(answer).toMatchObject({ data: { [command.name]: { userErrors: [] } } });
  });

  it.each(commands)('$name waits for the viewer’s account before it holds a later one', async (command) => {
    const input = await command.input(later);
    const answer = await whileLocked(viewer.accountId, later.accountId, () => send(command.name, input));
    expect(answer).toMatchObject({ data: { [command.name]: { userErrors: [] } } });
  });

  it('createToken waits for the account of a service before it holds the viewer’s', async () => {
    const expiresAt = inAnHour();
    const input = { name: 'A bot', scopes: ['READ'], serviceAccountId: service.id, expiresAt };
    const answer = await whileLocked(keyOf(service.id), viewer.accountId, () => send('createToken', input));
    expect(answer).toMatchObject({ data: { createToken: { userErrors: [] } } });
  });

  it.each([
    ...aboutPerson,
    {
      name: 'createToken',
      input: (person: TestUser) =>
        Promise.resolve({
          name: 'A bot',
          scopes: ['READ'],
          serviceAccountId: Buffer.from(`ServiceAccount:${person.accountId}`).toString('base64url'),
          expiresAt: inAnHour(),
        }),
    },
  ])('$name of a reader is refused without a wait for the account', async ({ name, input }) => {
    const given = await input(earlier);
    const { hasWaited, answer } = await duringChange(
      app(),
      ['SELECT FROM account WHERE id = $1 FOR UPDATE', earlier.accountId],
      () => send(name, given, reader),
    );
    const refused = expect.stringMatching(/^(FORBIDDEN|NOT_FOUND)$/);
    expect(answer).toMatchObject({ data: { [name]: { userErrors: [{ code: refused }] } } });
    expect(hasWaited).toBe(false);
  });

  it('a command that loses to others at every attempt may be sent again', async () => {
    const { db } = app().app;
    await db.query(`CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$`);
    await db.query('CREATE TRIGGER lose BEFORE INSERT ON person_note FOR EACH ROW EXECUTE FUNCTION lose()');
    try {
      const answer = await send('addPersonNote', { personId: personId(later.accountId), text: 'A note.' });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 2 });
    } finally {
      await db.query('DROP FUNCTION lose() CASCADE');
    }
  });
});
