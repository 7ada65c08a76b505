import { type ReactNode } from 'react';
import { Link } from 'wouter';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { notYoursTexts as words } from './not-yours-texts.ts';
import { type Viewer } from './reader-context.ts';

/** Whether the account's roles count in this session as they are. */
export const hasAllRights = (viewer: Viewer): boolean =>
  !viewer.isSuspended && !viewer.mustProveSecondFactor && !viewer.mustSignInOtherwise;

interface ReasonProps {
  readonly viewer: Viewer;
  /** The reason where the session has all rights of the account. */
  readonly otherwise: string;
}

/** Why something is not the reader's: rights of the account that do not count in this session, and how to have them. */
export function Reason({ viewer, otherwise }: ReasonProps) {
  if (viewer.isSuspended) return <p>{texts.suspended}</p>;
  if (viewer.mustProveSecondFactor)
    return (
      <>
        <p>{words.needsSecondFactor}</p>
        <Way href={`${paths.account}#passkeys`}>{words.setUpSecondFactor}</Way>
      </>
    );
  if (viewer.mustSignInOtherwise)
    return (
      <>
        <p>{words.mustSignInOtherwise}</p>
        <Way href={`${paths.account}#security`}>{words.toSecurity}</Way>
      </>
    );
  return <p>{otherwise}</p>;
}

function Way({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <p>
      <Link className="button button-primary" href={href}>
        {children}
      </Link>
    </p>
  );
}

interface Props extends ReasonProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** Says in the place of a page why it is not the reader's. */
export function NotYours({ viewer, title, otherwise, children }: Props) {
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <Reason viewer={viewer} otherwise={otherwise} />
      {children}
    </div>
  );
}
