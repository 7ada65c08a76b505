import { useApolloClient } from '@apollo/client/react';
import { type CampaignStatus, type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { CancelCampaign, LaunchCampaign, SuspendCampaign } from './documents.ts';
import { campaignTexts } from './texts.ts';
import { refusalOf, useAction } from './use-action.ts';

/** Says what was done, for as long as the campaign is in the state that came of it. */
export type OnDone = (notice: string, status: CampaignStatus) => void;

interface Props {
  readonly campaign: ManagedCampaignFragment;
  readonly onDone: OnDone;
}

export function LaunchControl({ campaign, onDone }: Props) {
  const client = useApolloClient();
  const { run, ...state } = useAction();
  return (
    <Confirm
      {...state}
      className="button-primary"
      action={campaignTexts.launch}
      question={campaignTexts.launchQuestion}
      keep={campaignTexts.launchKeep}
      onConfirm={() =>
        run(async () => {
          const { data } = await client.mutate({
            mutation: LaunchCampaign,
            variables: { input: { campaignId: campaign.id } },
          });
          if (data?.launchCampaign.campaign) onDone(campaignTexts.launched, 'LIVE');
          return refusalOf(data?.launchCampaign.userErrors);
        })
      }
    />
  );
}

export function CancelControl({ campaign, onDone }: Props) {
  const client = useApolloClient();
  const { run, ...state } = useAction();
  return (
    <Confirm
      {...state}
      className="is-danger"
      action={campaignTexts.cancel}
      question={
        campaign.status === 'DRAFT' ? campaignTexts.cancelDraftQuestion : campaignTexts.cancelQuestion
      }
      keep={campaignTexts.cancelKeep}
      onConfirm={() =>
        run(async () => {
          const { data } = await client.mutate({
            mutation: CancelCampaign,
            variables: { input: { campaignId: campaign.id } },
          });
          if (data?.cancelCampaign.campaign) onDone(campaignTexts.cancelled, 'CANCELLED');
          return refusalOf(data?.cancelCampaign.userErrors);
        })
      }
    />
  );
}

/** Suspends a live campaign, and resumes a suspended one. */
export function SuspendControl({ campaign, onDone }: Props) {
  const client = useApolloClient();
  const { run, isBusy, trouble } = useAction();
  const send = (suspended: boolean) =>
    run(async () => {
      const { data } = await client.mutate({
        mutation: SuspendCampaign,
        variables: { input: { campaignId: campaign.id, suspended } },
      });
      if (data?.suspendCampaign.campaign) {
        if (suspended) onDone(campaignTexts.suspended, 'SUSPENDED');
        else onDone(campaignTexts.resumed, 'LIVE');
      }
      return refusalOf(data?.suspendCampaign.userErrors);
    });
  if (campaign.status === 'LIVE') {
    return (
      <Confirm
        isBusy={isBusy}
        trouble={trouble}
        className="is-danger"
        action={campaignTexts.suspend}
        question={campaignTexts.suspendQuestion}
        keep={campaignTexts.suspendKeep}
        onConfirm={() => send(true)}
      />
    );
  }
  if (campaign.status !== 'SUSPENDED') return null;
  return (
    <>
      <button type="button" aria-disabled={isBusy} onClick={() => send(false)}>
        {campaignTexts.resume}
      </button>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </>
  );
}
