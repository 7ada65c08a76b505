import { useEffect, useState } from 'react';
import { inTab, isText, readStored, writeStored } from '../storage.ts';

/** Tokens by their keys, for a browser that stores nothing. */
const inMemory = new Map<string, string>();

/** Other fragments, like that of the link to the page's content, are no tokens. */
const fragment = /^#([\w-]{20,})$/;

const keyOf = (): string => `standfirst.link.${location.pathname}`;

/**
 * The token of the mailed link that leads to this page. It is taken out of the address, which ends up in the history
 * and is copied; this tab keeps it, also through a reload or a sign-in.
 */
function takeToken(): string | undefined {
  const key = keyOf();
  const [, token] = fragment.exec(location.hash) ?? [];
  if (token !== undefined) {
    inMemory.set(key, token);
    writeStored(key, token, inTab);
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  return inMemory.get(key) ?? readStored(key, isText, inTab);
}

/** Forgets the token of this page once its link is used up. */
export function forgetToken(): void {
  inMemory.delete(keyOf());
  writeStored(keyOf(), undefined, inTab);
}

/** The token of the mailed link; undefined: the page was not opened by one. */
export function useMailedToken(): string | undefined {
  const [token, setToken] = useState(takeToken);
  useEffect(() => {
    // Another link that leads to the page in the same tab loads no document.
    const take = () => setToken(takeToken());
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return token;
}
