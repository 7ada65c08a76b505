import { type ReactNode } from 'react';
import { Link } from 'wouter';
import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { formatBookedMoney, formatDeadline } from '../format.ts';
import { Day } from '../layout/time.tsx';
import type { Money } from '../currency.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { BackerList } from './backer-list.tsx';
import { EditorTools } from './editor-tools.tsx';
import { CancelControl, type OnDone } from './lead-controls.tsx';
import { LedgerList } from './ledger-list.tsx';
import { campaignTexts } from './texts.ts';
import { TextsForm } from './texts-form.tsx';

interface Props {
  readonly campaign: ManagedCampaignFragment;
  /** Reads the campaign anew. */
  readonly onReload: () => Promise<unknown>;
  readonly onDone: OnDone;
}

/** A campaign that was launched, for those who lead it. */
export function Follow({ campaign, onReload, onDone }: Props) {
  const { id, status, deadline, milestones, viewerManagement, viewerCanManage, viewerCanCancel } = campaign;
  const tallies = viewerManagement?.pledgeTallies ?? [];
  const available = viewerManagement?.available;
  // The lists below are read anew once one of these has changed.
  const version = JSON.stringify([
    campaign.pledged,
    campaign.collected,
    campaign.paidOut,
    available,
    tallies,
  ]);
  return (
    <>
      <Block id="campaign-figures" title={campaignTexts.figures}>
        <dl className="campaign-figures">
          <Figure name={campaignTexts.pledged} hint={campaignTexts.pledgedHint} amount={campaign.pledged} />
          <Figure
            name={campaignTexts.collected}
            hint={campaignTexts.collectedHint}
            amount={campaign.collected}
          />
          <Figure name={campaignTexts.paidOut} hint={campaignTexts.paidOutHint} amount={campaign.paidOut} />
        </dl>
        <p className="facts">
          <span>{campaignTexts.backers(campaign.backerCount)}</span>
          <span>
            {campaignTexts.until} {formatDeadline(deadline)}
          </span>
        </p>
      </Block>
      <Block id="campaign-milestones" title={campaignTexts.milestones}>
        <ol className="campaign-milestones">
          {milestones.map(
            ({ position, title, description, goal, status: state, reachedAt, unlockedArticle }) => (
              <li key={position}>
                <p className="campaign-row">
                  <strong {...written}>{title}</strong>
                  <span>{formatBookedMoney(goal)}</span>
                </p>
                <p {...written} className="campaign-text">
                  {description}
                </p>
                <p className="facts">
                  <span className={`milestone-outcome is-${state.toLowerCase()}`}>
                    {state === 'REACHED' && status === 'SUSPENDED'
                      ? campaignTexts.reachedSuspended
                      : campaignTexts.milestoneStatuses[state]}
                  </span>
                  {reachedAt !== null && (
                    <span>
                      {campaignTexts.reachedAt} <Day time={reachedAt} />
                    </span>
                  )}
                  {unlockedArticle && (
                    <span>
                      {campaignTexts.publishes}{' '}
                      <Link {...written} href={paths.article(unlockedArticle.slug)}>
                        {unlockedArticle.title}
                      </Link>
                    </span>
                  )}
                </p>
              </li>
            ),
          )}
        </ol>
      </Block>
      <Block id="campaign-pledges" title={campaignTexts.pledges}>
        {tallies.length === 0 ? (
          <p className="hint">{campaignTexts.noPledges}</p>
        ) : (
          <ul className="campaign-list">
            {tallies.map(({ status: state, count, total }) => (
              <li key={state} className="campaign-row">
                <span>{campaignTexts.pledgeStatuses[state]}</span>
                <span>
                  {campaignTexts.tally(count)}, {formatBookedMoney(total)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Block>
      {viewerManagement?.canMoveMoney && (
        <EditorTools campaign={campaign} version={version} onReload={onReload} onDone={onDone} />
      )}
      <Block id="campaign-backers" title={campaignTexts.named}>
        <BackerList campaignId={id} version={version} />
      </Block>
      <Block id="campaign-ledger" title={campaignTexts.ledger}>
        <p className="hint">{campaignTexts.ledgerHint}</p>
        <LedgerList campaignId={id} version={version} />
      </Block>
      {viewerCanManage && (status === 'LIVE' || status === 'SUSPENDED') && (
        <Block id="campaign-texts" title={campaignTexts.textsTitle}>
          <TextsForm campaign={campaign} />
        </Block>
      )}
      {viewerCanCancel && (
        <div className="campaign-block">
          <CancelControl campaign={campaign} onDone={onDone} />
        </div>
      )}
    </>
  );
}

/** A section of the page with its heading. */
export function Block({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="campaign-block" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly hint: string;
  readonly amount: Money;
}

function Figure({ name, hint, amount }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="campaign-total">{formatBookedMoney(amount)}</dd>
      <dd className="hint">{hint}</dd>
    </div>
  );
}
