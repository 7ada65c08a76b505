import './people.css';
import { useQuery } from '@apollo/client/react';
import { Link } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { useViewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { ArticleByAddress } from './article-by-address.tsx';
import { logAddress } from './log-address.ts';
import { SettingsForm } from './settings-form.tsx';
import { SiteModerationDocument } from './settings-documents.ts';
import { settingsTexts as words } from './settings-texts.ts';
import { moderationTexts } from './texts.ts';

/** What the site, and single articles, ask of comments before they are public. */
export default function SettingsPage() {
  const viewer = useViewer();
  const { data, error, refetch } = useQuery(SiteModerationDocument, { fetchPolicy: 'network-only' });
  const settings = data?.moderationSettings;
  const mayChange = viewer?.roles.some((role) => role === 'EDITOR' || role === 'ADMINISTRATOR') === true;
  return (
    <>
      <PageHead title={moderationTexts.settings} />
      <div className="mod-head">
        <div>
          <h1 tabIndex={-1}>{moderationTexts.settings}</h1>
          <p className="hint">{words.hint}</p>
          {settings && (
            <p className="facts">
              <span>{words.revision(settings.revision)}</span>
              <Link href={logAddress({ kinds: 'settings' })}>{words.seeLog}</Link>
            </p>
          )}
        </div>
      </div>
      <div className="mod-columns">
        <div className="mod-part">
          {settings ? (
            <SettingsForm settings={settings} mayChange={mayChange} />
          ) : error ? (
            <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
          ) : (
            <Loading />
          )}
        </div>
        <section className="mod-part mod-article" aria-labelledby="one-article">
          <h2 id="one-article">{words.article}</h2>
          <p className="hint">{words.articleHint}</p>
          <ArticleByAddress />
        </section>
      </div>
    </>
  );
}
