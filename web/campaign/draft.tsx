import { type CampaignToManageQuery, type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { type Viewer } from '../session/reader-context.ts';
import { CampaignForm } from './campaign-form.tsx';
import { CampaignPreview } from './campaign-preview.tsx';
import { Block } from './follow.tsx';
import { CancelControl, LaunchControl, type OnDone } from './lead-controls.tsx';
import { campaignTexts } from './texts.ts';
import { useCampaignDraft } from './use-campaign-draft.ts';

interface Props {
  readonly viewer: Viewer;
  readonly article: NonNullable<CampaignToManageQuery['article']>;
  /** Null: there is none yet. */
  readonly campaign: ManagedCampaignFragment | null;
  /** Reads the article and its campaign anew. */
  readonly onReload: () => Promise<unknown>;
  readonly onDone: OnDone;
}

/** A campaign before its launch: it is made, changed, looked at, and launched. */
export function Draft({ viewer, article, campaign, onReload, onDone }: Props) {
  const draft = useCampaignDraft(`standfirst.campaign.${viewer.id}.${article.id}`, campaign);
  return (
    <>
      <p>{campaignTexts.intro}</p>
      <CampaignForm
        articleId={article.id}
        campaign={campaign}
        draft={draft}
        onReload={onReload}
        onDone={onDone}
      />
      {campaign && (
        <>
          <Block id="campaign-preview" title={campaignTexts.previewTitle}>
            {draft.isDirty && <p className="hint">{campaignTexts.previewUnsaved}</p>}
            <CampaignPreview campaign={campaign} />
          </Block>
          <Block id="campaign-launch" title={campaignTexts.launchTitle}>
            {article.status !== 'PUBLISHED' ? (
              <p>{campaignTexts.launchUnpublished}</p>
            ) : draft.isDirty ? (
              <p>{campaignTexts.launchFirst}</p>
            ) : (
              <LaunchControl campaign={campaign} onDone={onDone} />
            )}
            {campaign.viewerCanCancel && <CancelControl campaign={campaign} onDone={onDone} />}
          </Block>
        </>
      )}
    </>
  );
}
