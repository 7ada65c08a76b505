import type { TestApp, TestUser } from './app.ts';

/** The global id of an account as moderators see it. */
export const personId = (accountId: string): string =>
  Buffer.from(`Person:${accountId}`).toString('base64url');

const more = {
  suspendAccount: { input: 'SuspendAccountInput', shows: 'person { id }' },
  banAccount: { input: 'BanAccountInput', shows: 'person { id }' },
  premoderateAccount: { input: 'PremoderateAccountInput', shows: 'person { id }' },
  liftSanction: { input: 'LiftSanctionInput', shows: 'person { id }' },
  removeCommentsSince: {
    input: 'RemoveCommentsSinceInput',
    shows: 'decision { id kind removal { commentCount isDone } }',
  },
  grantRole: { input: 'GrantRoleInput', shows: 'person { roles }' },
  revokeRole: { input: 'RevokeRoleInput', shows: 'person { roles }' },
  addPersonNote: { input: 'AddPersonNoteInput', shows: 'note { id text createdAt author { name } }' },
  removePersonNote: { input: 'RemovePersonNoteInput', shows: 'person { id }' },
} as const;

export type PersonMutation = keyof typeof more;

/** Sends one command on an account. @returns its payload, with the code of the first refusal as `refused` */
export async function onPerson(
  app: TestApp,
  by: TestUser,
  name: PersonMutation,
  input: Record<string, unknown>,
): Promise<any> {
  const { input: type, shows } = more[name];
  const data = await app.data(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${shows} userErrors { code message field } } }`,
    { input },
    by.token,
  );
  const payload = data[name];
  return { ...payload, refused: payload.userErrors[0]?.code };
}

/** The log of moderation about an account, oldest first. */
export function logAbout(
  app: TestApp,
  accountId: string,
): Promise<{ kind: string; actor: string; detail: any }[]> {
  return app.app.db.query(
    `SELECT kind, coalesce(actor_id::text, actor_kind) AS actor, detail FROM moderation_event WHERE subject_id = $1 ORDER BY sequence`,
    [accountId],
  );
}
