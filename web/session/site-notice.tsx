import { useEffect, useSyncExternalStore } from 'react';
import { Link, useLocation } from 'wouter';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { useReader } from './reader-context.ts';

/** What the page says about the reader's account, at the path where it was said. */
interface Said {
  readonly text: string;
  readonly path: string;
}

let said: Said | undefined;
const listeners = new Set<() => void>();

function set(next: Said | undefined): void {
  said = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says something above the present page, until the reader goes to another one. */
export const say = (text: string): void => set({ text, path: location.pathname });

/** What has happened to the reader's account on the way to this page. */
export function SiteNotice() {
  const reader = useReader();
  const [path] = useLocation();
  const notice = useSyncExternalStore(subscribe, () => said);
  useEffect(
    () =>
      reader.subscribe(() => {
        if (reader.hasEnded) say(texts.sessionEnded);
        else set(undefined);
      }),
    [reader],
  );
  useEffect(() => {
    if (said && said.path !== path) set(undefined);
  }, [path]);
  // Rendered from the start, so that what is said is announced.
  return (
    <div role="status">
      {notice?.path === path && (
        <p className="notice site-notice">
          {notice.text}
          {!reader.isSignedIn && (
            <Link href={paths.signIn(path + window.location.search + window.location.hash)}>
              {texts.signIn}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}
