import { type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { Loading } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { useViewer, type Viewer } from './reader-context.ts';

interface Props {
  readonly title: string;
  readonly children: (viewer: Viewer) => ReactNode;
}

/** A page for signed-in readers; others see a link to sign in and return. */
export function SignedIn({ title, children }: Props) {
  const viewer = useViewer();
  const [here] = useLocation();
  if (viewer) return children(viewer);
  if (viewer === undefined) return <Loading />;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p>{texts.signInFirst}</p>
      <p>
        <Link className="button button-primary" href={paths.signIn(here)}>
          {texts.signIn}
        </Link>
      </p>
    </div>
  );
}
