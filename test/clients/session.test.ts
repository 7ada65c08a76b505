/**
 * @database either
 */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Session, SessionKeeper } from '@standfirst/client';
import { useApp } from '../support/app.ts';

const signIn = `mutation ($input: SignInInput!) { signIn(input: $input) {
  session { accessToken refreshToken expiresAt } } }`;
const me = 'query { viewer { name } }';

describe('SessionKeeper', () => {
  const app = useApp();
  let input: { email: string; password: string };
  beforeAll(async () => {
    const { email, password } = await app().signUp('Cy Example');
    input = { email, password };
  });

  const begin = async () => (await app().data(signIn, { input })).signIn.session as Session;
  const ends = (session: Session) => ({ ...session, expiresAt: new Date().toISOString() });

  it('sends no token when signed out, and the access token while it is valid', async () => {
    const keeper = new SessionKeeper(`${app().url}/graphql`);
    expect(await keeper.token()).toBeUndefined();
    const session = await begin();
    keeper.set(session);
    expect(await keeper.token()).toBe(session.accessToken);
  });

  it('exchanges the tokens before they expire, once for all simultaneous requests', async () => {
    const changes: (Session | undefined)[] = [];
    const keeper = new SessionKeeper(`${app().url}/graphql`, (session) => changes.push(session));
    const session = ends(await begin());
    keeper.set(session);
    const tokens = await Promise.all([1, 2, 3].map(() => keeper.token()));
    expect(changes).toHaveLength(2);
    expect(changes[1]?.refreshToken).not.toBe(session.refreshToken);
    expect(new Set(tokens)).toEqual(new Set([changes[1]?.accessToken]));
    const { viewer } = await app().data(me, {}, tokens[0]);
    expect(viewer).toEqual({ name: 'Cy Example' });
  });

  it('exchanges a token that is refused before it expires, and repeats the request', async () => {
    const keeper = new SessionKeeper(`${app().url}/graphql`);
    const session = await begin();
    keeper.set({ ...session, accessToken: `${session.accessToken.slice(0, -4)}AAAA` });
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ query: me });
    const ask = async () => (await keeper.fetch(`${app().url}/graphql`, { ...post, body })).json();
    expect(await ask()).toMatchObject({ data: { viewer: { name: 'Cy Example' } } });
  });

  it('continues signed out when the session was ended elsewhere', async () => {
    const onChange = jest.fn<(session: Session | undefined) => void>();
    const keeper = new SessionKeeper(`${app().url}/graphql`, onChange);
    const session = await begin();
    keeper.set(session);
    await app().data('mutation { signOut { endedAt } }', {}, session.accessToken);
    const response = await keeper.fetch(`${app().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: me }),
    });
    expect(await response.json()).toMatchObject({ data: { viewer: null } });
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });

  it('reports the end of the session', async () => {
    const onChange = jest.fn<(session: Session | undefined) => void>();
    const keeper = new SessionKeeper(`${app().url}/graphql`, onChange);
    keeper.set(ends({ ...(await begin()), refreshToken: 'unknown' }));
    expect(await keeper.token()).toBeUndefined();
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });

  /** The storage that tabs share. */
  const storage = () => {
    const shared: { session: Session | undefined } = { session: undefined };
    const tab = () =>
      new SessionKeeper(
        `${app().url}/graphql`,
        (session) => (shared.session = session),
        () => shared.session,
      );
    return { shared, tab };
  };

  it('does not send a request in the name of another account that has signed in in another tab', async () => {
    const { email, password } = await app().signUp('Di Example');
    const other = (await app().data(signIn, { input: { email, password } })).signIn.session as Session;
    const { shared, tab } = storage();
    const keeper = tab();
    keeper.set({ ...ends(await begin()), viewerId: 'cy' });
    shared.session = { ...other, viewerId: 'di' };
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const ask = () => keeper.fetch(`${app().url}/graphql`, { ...post, body: JSON.stringify({ query: me }) });
    await expect(ask()).rejects.toThrow('Somebody else has signed in');
    // Later requests are sent in the name of the other account.
    expect(await (await ask()).json()).toMatchObject({ data: { viewer: { name: 'Di Example' } } });
  });

  it('stays signed out when a tab signs out during a token exchange', async () => {
    const { shared, tab } = storage();
    const keeper = tab();
    const session = { ...ends(await begin()), viewerId: 'cy' };
    keeper.set(session);
    const token = keeper.token();
    tab().set(undefined);
    expect(await token).toBeUndefined();
    expect(shared.session).toBeUndefined();
    keeper.set(session);
    const again = keeper.token();
    keeper.set(undefined);
    expect(await again).toBeUndefined();
  });

  it('uses a new token for a while even if the clock is wrong', async () => {
    const exchanged: (Session | undefined)[] = [];
    const keeper = new SessionKeeper(`${app().url}/graphql`, (session) => exchanged.push(session));
    keeper.set(ends(await begin()));
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_000);
    try {
      const tokens = [await keeper.token(), await keeper.token()];
      expect(tokens[1]).toBe(tokens[0]);
      expect(exchanged).toHaveLength(2);
      // A token that was refused is exchanged even so.
      await keeper.token(tokens[1]);
      expect(exchanged).toHaveLength(3);
    } finally {
      clock.mockRestore();
    }
  });

  it('keeps the session when the service cannot be reached', async () => {
    const keeper = new SessionKeeper('http://127.0.0.1:1/graphql');
    const session = ends(await begin());
    keeper.set(session);
    await expect(keeper.token()).rejects.toThrow();
    await expect(keeper.token()).rejects.toThrow();
  });
});
