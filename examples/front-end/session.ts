import { type LiveClient, type Session, SessionKeeper } from '@standfirst/client';

// #region session
const storageKey = 'my-site.session';

/** A store that outlives the page: `localStorage`, which all tabs share. */
export interface SessionStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps the reader of a page signed in: in all tabs of the browser, and through a reload.
 * @param url the service's GraphQL address
 * @param onSignedOut called when the session has ended
 */
export function openSession(url: string, store: SessionStore, onSignedOut: () => void): SessionKeeper {
  return new SessionKeeper(
    url,
    (session) => {
      if (session) return store.setItem(storageKey, JSON.stringify(session));
      store.removeItem(storageKey);
      onSignedOut();
    },
    () => (JSON.parse(store.getItem(storageKey) ?? 'null') as Session | null) ?? undefined,
  );
}

/** Signs in. @returns the reasons of a refusal; empty after success */
export async function signIn(
  url: string,
  { keeper, live }: { keeper: SessionKeeper; live: LiveClient },
  input: { email: string; password: string },
): Promise<readonly { readonly message: string }[]> {
  const query = `mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      session { accessToken refreshToken expiresAt }
      viewer { id }
      userErrors { message }
    }
  }`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as Answer;
  if (!data) return errors ?? [];
  const { session, viewer, userErrors } = data.signIn;
  if (session) {
    keeper.set({ ...session, viewerId: viewer?.id });
    live.reconnect();
  }
  return userErrors;
}

interface Answer {
  readonly data?: {
    readonly signIn: {
      readonly session: Session | null;
      readonly viewer: { readonly id: string } | null;
      readonly userErrors: readonly { readonly message: string }[];
    };
  } | null;
  readonly errors?: readonly { readonly message: string }[];
}
// #endregion session
