import { useEffect, useSyncExternalStore } from 'react';
import { Link, useLocation } from 'wouter';
import { pageRoutes } from '../../src/platform/http/paths.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { useReader } from './reader-context.ts';

/** What the page says about the reader's account, at the path where it was said. */
interface Said {
  readonly text: string;
  readonly path: string;
  /** An address outside of the page that goes with it. */
  readonly link?: { readonly href: string; readonly text: string } | undefined;
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
export const say = (text: string, link?: Said['link']): void => set({ text, path: location.pathname, link });

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
          {notice.link && <a href={notice.link.href}>{notice.link.text}</a>}
          {!reader.isSignedIn && path !== pageRoutes.signIn && (
            <Link href={paths.signIn(path + window.location.search + window.location.hash)}>
              {texts.signIn}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}
