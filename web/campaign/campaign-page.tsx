import './campaign.css';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { type CampaignStatus } from '../graphql/generated/graphql.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { type Viewer } from '../session/reader-context.ts';
import { Reason } from '../session/not-yours.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';
import { CampaignToManage } from './documents.ts';
import { Draft } from './draft.tsx';
import { Follow } from './follow.tsx';
import { type OnDone } from './lead-controls.tsx';
import { campaignTexts } from './texts.ts';

/** Milliseconds between two looks at a campaign. Some of what is shown changes without an event of its article. */
const pollMs = 5_000;

/** The page on which a journalist makes and follows the campaign of an article, and on which editors move its money. */
export default function CampaignPage({ slug }: { readonly slug: string }) {
  return (
    <SignedIn title={texts.campaign}>{(viewer) => <ManagedCampaign viewer={viewer} slug={slug} />}</SignedIn>
  );
}

/** What was done, and the state of the campaign that it speaks of. */
interface Notice {
  readonly message: string;
  readonly status: CampaignStatus;
}

/** A notice about the campaign's state, for as long as the campaign is in it. */
function useNotice(status: CampaignStatus | undefined) {
  const [notice, setNotice] = useState<Notice>();
  const [before, setBefore] = useState(status);
  if (before !== status) {
    setBefore(status);
    // For good: the campaign may come back to that state by what others do.
    if (notice?.status !== status) setNotice(undefined);
  }
  return [notice?.status === status ? notice?.message : undefined, setNotice] as const;
}

function ManagedCampaign({ viewer, slug }: { readonly viewer: Viewer; readonly slug: string }) {
  const client = useApolloClient();
  const { data, error, refetch, startPolling, stopPolling } = useQuery(CampaignToManage, {
    variables: { slug },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
    skipPollAttempt: () => document.hidden,
  });
  const article = data?.article;
  const campaign = article?.campaign ?? null;
  const [notice, setNotice] = useNotice(campaign?.status);
  const isFollowed = campaign !== null && campaign.status !== 'DRAFT';
  useEffect(() => {
    if (!isFollowed) return undefined;
    startPolling(pollMs);
    return stopPolling;
  }, [isFollowed, startPolling, stopPolling]);
  useEffect(() => {
    if (isFollowed) return undefined;
    // The article may have been published in another tab. A failure must not take the form away, as one of `refetch` would.
    const onReturn = () =>
      document.hidden ||
      void client
        .query({ query: CampaignToManage, variables: { slug }, fetchPolicy: 'network-only' })
        .catch(() => undefined);
    document.addEventListener('visibilitychange', onReturn);
    addEventListener('focus', onReturn);
    return () => {
      document.removeEventListener('visibilitychange', onReturn);
      removeEventListener('focus', onReturn);
    };
  }, [client, slug, isFollowed]);

  if (!article) {
    if (error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    return data ? <NotFound /> : <Loading />;
  }
  const title = texts.campaignFor(article.title);
  const isTest = campaign ? campaign.testMode : article.viewerCanCreateCampaign && data.fundingTestMode;
  const onDone: OnDone = (message, status) => {
    setNotice({ message, status });
    // The control that was used may be gone.
    document.querySelector<HTMLElement>('main h1')?.focus();
  };
  return (
    <div className="page campaign-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p className="facts">
        {campaign && <span>{campaignTexts.statuses[campaign.status]}</span>}
        <span>
          <Link href={paths.article(slug)}>{texts.viewArticle}</Link>
        </span>
        {article.viewerCanEdit && (
          <span>
            <Link href={paths.edit(slug)}>{campaignTexts.backToEdit}</Link>
          </span>
        )}
      </p>
      {isTest && (
        <p className="notice campaign-test">
          <strong>{campaignTexts.testMode}</strong> <span>{campaignTexts.testModeHint}</span>
        </p>
      )}
      <p role="status" className="campaign-notice">
        {notice}
      </p>
      {campaign && <p>{campaignTexts.statusHints[campaign.status]}</p>}
      {!article.viewerCanEdit ? (
        <Reason viewer={viewer} otherwise={campaignTexts.forbidden} />
      ) : isFollowed ? (
        <Follow campaign={campaign} onReload={refetch} onDone={onDone} />
      ) : campaign || article.viewerCanCreateCampaign ? (
        <Draft viewer={viewer} article={article} campaign={campaign} onReload={refetch} onDone={onDone} />
      ) : (
        <p>{campaignTexts.off}</p>
      )}
    </div>
  );
}
