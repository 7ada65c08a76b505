import { type ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { licencesPath } from '../src/platform/http/paths.ts';
import { written } from './layout/written.ts';
import { ModerationEntry } from './moderation/menu-part.tsx';
import { Bell } from './notifications/bell.tsx';
import { openedBy } from './opened-by.ts';
import { paths } from './paths.ts';
import { AccountMenu } from './session/account-menu.tsx';
import { ProofPlace } from './account/proof-place.tsx';
import { useReaderTurn } from './session/reader-context.ts';
import { SiteNotice } from './session/site-notice.tsx';
import { texts } from './texts.ts';

interface Props {
  readonly children: ReactNode;
}

export function Layout({ children }: Props) {
  return openedBy === undefined ? <FullLayout>{children}</FullLayout> : <PopupLayout>{children}</PopupLayout>;
}

function FullLayout({ children }: Props) {
  return (
    <>
      <a className="skip-link" href="#main">
        {texts.skipToContent}
      </a>
      <header className="site-header">
        <div className="site-header-inner">
          <Link href={paths.front} className="site-name">
            {texts.site}
          </Link>
          <p className="site-line">{texts.siteLine}</p>
          <SearchBox />
          {/* The key remounts the menu for another reader. */}
          <AccountMenu key={useReaderTurn()} bell={<Bell />} moderation={<ModerationEntry />} />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <SiteNotice />
        {children}
      </main>
      <ProofPlace />
      <footer className="site-footer">
        <p>{texts.footer}</p>
        <p>
          {/* Not pages of this application: the service's GraphQL explorer, and a file of the build. */}
          <a href="/graphql">{texts.explorer}</a>
        </p>
        <p>
          <a href={licencesPath}>{texts.licences}</a>
        </p>
      </footer>
    </>
  );
}

/** Layout of a window that a page of another site has opened for a sign-in: it leads nowhere else. */
function PopupLayout({ children }: Props) {
  return (
    <>
      <header className="site-header">
        <div className="site-header-inner">
          <span className="site-name">{texts.site}</span>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <SiteNotice />
        {children}
      </main>
      <ProofPlace />
    </>
  );
}

function SearchBox() {
  const [, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const asked = parameters.get('q') ?? '';
  return (
    <form
      role="search"
      className="search-box"
      action="/search"
      onSubmit={(event) => {
        event.preventDefault();
        const query = new FormData(event.currentTarget).get('q');
        if (typeof query === 'string' && query.trim() !== '') navigate(paths.search(query.trim()));
      }}
    >
      {/* The key updates the text when the address changes. */}
      <input
        {...written}
        key={asked}
        type="search"
        name="q"
        defaultValue={asked}
        aria-label={texts.searchLabel}
        placeholder={texts.searchPlaceholder}
      />
      <button type="submit">{texts.searchButton}</button>
    </form>
  );
}
