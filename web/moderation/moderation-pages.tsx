import './moderation.css';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { pageRoutes } from '../../src/platform/http/paths.ts';
import { formatNumber } from '../format.ts';
import { FaultBoundary } from '../layout/fault-boundary.tsx';
import { NotFound } from '../layout/messages.tsx';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';
import { hasAllRights, NotYours } from '../session/not-yours.tsx';
import { isStaff } from '../session/staff.ts';
import { newsOf } from './moderation-news.ts';
import { moderationTexts as words } from './texts.ts';

// A file for each, since most moderators see the queue alone.
const queue = partOf(() => import('./queue-page.tsx'));
const people = partOf(() => import('./people-page.tsx'));
const person = partOf(() => import('./person-page.tsx'));
const wordList = partOf(() => import('./words-page.tsx'));
const settings = partOf(() => import('./settings-page.tsx'));
const log = partOf(() => import('./log-page.tsx'));
const appeals = partOf(() => import('./appeals-page.tsx'));

/** All pages of moderation, for moderators, editors and administrators. */
export default function ModerationPages() {
  return (
    <Moderators>
      <div className="page moderation">
        <Tabs />
        <FaultBoundary>
          <Switch>
            <Route path={pageRoutes.moderation}>
              <PartOfPage part={queue} props={{}} />
            </Route>
            <Route path={pageRoutes.moderationPeople}>
              <PartOfPage part={people} props={{}} />
            </Route>
            <Route path={pageRoutes.moderationPerson}>
              {({ id }) => <PartOfPage key={id} part={person} props={{ id }} />}
            </Route>
            <Route path={pageRoutes.moderationWords}>
              <PartOfPage part={wordList} props={{}} />
            </Route>
            <Route path={pageRoutes.moderationSettings}>
              <PartOfPage part={settings} props={{}} />
            </Route>
            <Route path={pageRoutes.moderationLog}>
              <PartOfPage part={log} props={{}} />
            </Route>
            <Route path={pageRoutes.moderationAppeals}>
              <PartOfPage part={appeals} props={{}} />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </FaultBoundary>
      </div>
    </Moderators>
  );
}

/** What is inside is for staff; others are told that the page is not theirs. */
function Moderators({ children }: { readonly children: ReactNode }) {
  return (
    <SignedIn title={words.title}>
      {(viewer) =>
        isStaff(viewer.roles) && hasAllRights(viewer) ? (
          children
        ) : (
          <NotYours viewer={viewer} title={words.title} otherwise={words.notYours} />
        )
      }
    </SignedIn>
  );
}

/** The live number of appeals that wait. */
function Waiting() {
  const news = newsOf(useReader());
  const count = useSyncExternalStore(news.subscribe, news.appeals) ?? 0;
  if (count === 0) return null;
  return (
    <>
      {' '}
      <span className="tab-count">
        {formatNumber(count)}
        <span className="visually-hidden"> {texts.waiting}</span>
      </span>
    </>
  );
}

const tabs = [
  { href: paths.moderation, name: words.queue },
  { href: paths.moderationPeople, name: words.people },
  { href: paths.moderationWords, name: words.words },
  { href: paths.moderationSettings, name: words.settings },
  { href: paths.moderationLog, name: words.log },
  { href: paths.moderationAppeals, name: words.appeals },
];

/** Links, since each page has an address of its own. */
function Tabs() {
  const [path] = useLocation();
  const isHere = (href: string) =>
    path === href || (href !== paths.moderation && path.startsWith(`${href}/`));
  return (
    <nav className="moderation-tabs" aria-label={words.title}>
      {tabs.map(({ href, name }) => (
        <Link key={href} href={href} aria-current={isHere(href) ? 'page' : undefined}>
          {name}
          {href === paths.moderationAppeals && <Waiting />}
        </Link>
      ))}
    </nav>
  );
}
