/** @database either */
import { describe, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../../support/app.ts';
import { addPasskey, Authenticator, passkeys } from '../../support/authenticator.ts';
import { logAbout } from '../../support/persons.ts';

describe('sign-ins', () => {
  const service = useApp();

  const signIn = async ({ email, password }: TestUser, given = password) =>
    (
      await service().data(
        `mutation ($input: SignInInput!) { signIn(input: $input) { session { refreshToken } userErrors { code } } }`,
        { input: { email, password: given } },
      )
    ).signIn;

  it('of staff are in the log, with who; refreshes and refusals are not', async () => {
    const moderator = await service().signUp('Mo Example', 'MODERATOR');
    expect(await logAbout(service(), moderator.accountId)).toEqual([]);
    const { session } = await signIn(moderator);
    await service().data(
      `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { userErrors { code } } }`,
      { input: { refreshToken: session.refreshToken } },
    );
    expect((await signIn(moderator, 'a wrong password')).userErrors).toMatchObject([
      { code: 'WRONG_CREDENTIALS' },
    ]);
    const signedIn = {
      kind: 'SIGNED_IN',
      actor: moderator.accountId,
      detail: { device: 'FAMILY', factors: 1 },
    };
    expect(await logAbout(service(), moderator.accountId)).toEqual([signedIn]);
    await signIn(moderator);
    expect(await logAbout(service(), moderator.accountId)).toEqual([signedIn, signedIn]);
  });

  it('of staff by a passkey are in the log with two factors', async () => {
    const editor = await service().signUp('Ed Example', 'EDITOR');
    const device = new Authenticator(service().url);
    const key = await addPasskey(service(), editor, device);
    const { options } = await passkeys(service(), 'beginPasskeySignIn');
    await passkeys(service(), 'finishPasskeySignIn', { response: device.sign(options, key) });
    expect(await logAbout(service(), editor.accountId)).toEqual([
      { kind: 'SIGNED_IN', actor: editor.accountId, detail: { device: 'FAMILY', factors: 2 } },
    ]);
  });

  it('of readers and journalists are not', async () => {
    const user = await service().signUp('Jo Example', 'JOURNALIST');
    await signIn(user);
    expect(await logAbout(service(), user.accountId)).toEqual([]);
  });
});
