import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Link } from 'wouter';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { PageHead } from './page-head.tsx';

/** An error after which another attempt may succeed. */
export function Trouble({ message, onRetry }: { readonly message: string; readonly onRetry?: () => void }) {
  return (
    <div className="trouble" role="alert">
      <p>{message}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {texts.tryAgain}
        </button>
      )}
    </div>
  );
}

/** A notice in place of content that does not exist; it takes the focus. */
export function Gone({ message }: { readonly message: string }) {
  const notice = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => notice.current?.focus(), []);
  return (
    <p className="notice" role="status" ref={notice} tabIndex={-1}>
      {message}
    </p>
  );
}

export function Loading() {
  return (
    <p className="loading" role="status">
      {texts.loading}
    </p>
  );
}

export function NotFound({ children = texts.notFound }: { readonly children?: ReactNode }) {
  return (
    <div className="page">
      <PageHead title={texts.notFoundTitle} />
      <h1 tabIndex={-1}>{texts.notFoundTitle}</h1>
      <p>{children}</p>
      <p>
        <Link href={paths.front}>{texts.toFront}</Link>
      </p>
    </div>
  );
}
