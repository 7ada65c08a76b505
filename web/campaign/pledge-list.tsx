import { useApolloClient } from '@apollo/client/react';
import { useCallback, useId, useRef, useState } from 'react';
import {
  type CampaignPledgesQuery,
  type ManagedCampaignFragment,
  type PledgeStatus,
} from '../graphql/generated/graphql.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { usePages } from '../layout/use-pages.ts';
import { Confirm } from '../layout/confirm.tsx';
import { formatBookedMoney } from '../format.ts';
import { CampaignPledges, RefundPledge } from './documents.ts';
import { campaignTexts } from './texts.ts';
import { useWaiting } from '../support/use-waiting.ts';
import { refusalOf, useAction } from './use-action.ts';

type Campaign = Extract<CampaignPledgesQuery['node'], { __typename?: 'Campaign' }>;
type Pledge = NonNullable<NonNullable<Campaign['viewerManagement']>['pledges']>['edges'][number]['node'];

const statuses = Object.keys(campaignTexts.pledgeStatuses) as PledgeStatus[];

interface Props {
  readonly campaign: ManagedCampaignFragment;
  /** Changes whenever a pledge may have changed. */
  readonly version: string;
  readonly onReload: () => Promise<unknown>;
}

/** All pledges of a campaign, for editors, who can give collected ones back. */
export function PledgeList({ campaign: { id, viewerManagement }, version, onReload }: Props) {
  const client = useApolloClient();
  const [status, setStatus] = useState<PledgeStatus>();
  const stateId = useId();
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: CampaignPledges,
        variables: { id, status: status ?? null, first, after },
        fetchPolicy: 'no-cache',
      });
      const pledges = data?.node?.__typename === 'Campaign' ? data.node.viewerManagement?.pledges : undefined;
      return (
        pledges && {
          items: pledges.edges.map(({ node }) => node),
          next: pledges.pageInfo.hasNextPage ? pledges.pageInfo.endCursor : null,
        }
      );
    },
    [client, id, status],
  );
  const { items, hasMore, isLoading, trouble, more, reload } = usePages<Pledge>(load, version);
  // Only payouts leave too little. A service of the other mode gives nothing back.
  const isPaidOut = viewerManagement?.payouts?.edges.some(
    ({ node }) => node.status !== 'FAILED' && node.status !== 'REVERSED',
  );
  const noRefund = isPaidOut ? campaignTexts.noRefundPaidOut : campaignTexts.noRefundNow;
  return (
    <>
      <div className="field">
        <label htmlFor={stateId}>{campaignTexts.pledgeState}</label>
        <select
          id={stateId}
          value={status ?? ''}
          onChange={({ target }) => setStatus(statuses.find((each) => each === target.value))}
        >
          <option value="">{campaignTexts.anyState}</option>
          {statuses.map((each) => (
            <option key={each} value={each}>
              {campaignTexts.pledgeStatuses[each]}
            </option>
          ))}
        </select>
      </div>
      {items === undefined &&
        (trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />)}
      {items?.length === 0 && <p className="hint">{campaignTexts.noPledgesInState}</p>}
      {items !== undefined && items.length > 0 && (
        <ul className="campaign-list">
          {items.map((pledge) => (
            <PledgeItem
              key={pledge.id}
              pledge={pledge}
              noRefund={noRefund}
              onRefunded={async () => {
                await onReload();
                reload();
              }}
              readAgain={reload}
            />
          ))}
        </ul>
      )}
      {hasMore && (
        <MoreButton label={campaignTexts.morePledges} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </>
  );
}

interface ItemProps {
  readonly pledge: Pledge;
  /** Why it cannot be given back, where it cannot. */
  readonly noRefund: string;
  readonly onRefunded: () => Promise<void>;
  readonly readAgain: () => void;
}

function PledgeItem({ pledge, noRefund, onRefunded, readAgain }: ItemProps) {
  const client = useApolloClient();
  const { run, ...state } = useAction();
  const { id, status, pseudonym, isNamed, failureCode, viewerCanRefund, createdAt } = pledge;
  // A refund takes a while, in which the pledge is still collected. One that fails has no event.
  const [wasAsked, setAsked] = useState(false);
  const isAsked = wasAsked && failureCode === null;
  useWaiting(isAsked && status === 'COLLECTED' ? id : '', readAgain);
  const item = useRef<HTMLLIElement>(null);
  const amount = formatBookedMoney(pledge.amount);
  return (
    <li ref={item} data-key={id} tabIndex={-1}>
      <p className="campaign-row">
        <strong>{amount}</strong>
        <span>{campaignTexts.pledgeStatuses[status]}</span>
      </p>
      <p className="facts">
        <span>{pseudonym}</span>
        <span>{isNamed ? campaignTexts.isNamed : campaignTexts.isNameless}</span>
        <Day time={createdAt} />
      </p>
      {failureCode !== null && (
        <p className="hint" role={wasAsked ? 'alert' : undefined}>
          {status === 'COLLECTED' && `${campaignTexts.refundFailed} `}
          {campaignTexts.reason(failureCode)}
        </p>
      )}
      {status === 'COLLECTED' &&
        (isAsked ? (
          <p className="hint">{campaignTexts.refundAsked}</p>
        ) : !viewerCanRefund ? (
          <p className="hint">{noRefund}</p>
        ) : (
          <Confirm
            {...state}
            className="is-danger"
            action={campaignTexts.refund}
            label={campaignTexts.refundOne(amount, pseudonym)}
            question={campaignTexts.refundQuestion(amount)}
            keep={campaignTexts.refundKeep}
            onConfirm={() =>
              run(async () => {
                const { data } = await client.mutate({
                  mutation: RefundPledge,
                  variables: { input: { pledgeId: id } },
                });
                if (data?.refundPledge.pledge) {
                  setAsked(true);
                  // The button is gone.
                  item.current?.focus({ preventScroll: true });
                  await onRefunded();
                }
                return refusalOf(data?.refundPledge.userErrors);
              })
            }
          />
        ))}
    </li>
  );
}
