import { Link } from 'wouter';
import { formatMoney } from '../format.ts';
import { type CampaignExtrasFragment } from '../graphql/generated/graphql.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { type SupportedCampaign } from './campaign.ts';

interface Props {
  readonly milestones: SupportedCampaign['milestones'];
  /** The same milestones, with the articles that they have unlocked; undefined: not loaded yet. */
  readonly unlocked: CampaignExtrasFragment['milestones'] | undefined;
  /** Whether the campaign takes pledges now. */
  readonly isOpen: boolean;
}

/** The goals of a campaign, with what the money is for. Each state takes one line, so that nothing moves by it. */
export function Milestones({ milestones, unlocked, isOpen }: Props) {
  return (
    <>
      <h3>{texts.milestones}</h3>
      <ol className="milestones">
        {milestones.map(({ position, title, description, goal, status }) => {
          const article = unlocked?.find((each) => each.position === position)?.unlockedArticle;
          return (
            <li key={position} className={`milestone is-${status.toLowerCase()}`}>
              <p className="milestone-title">
                <strong {...written}>{title}</strong> <span>{formatMoney(goal)}</span>
              </p>
              {description !== '' && (
                <p {...written} className="milestone-purpose">
                  {description}
                </p>
              )}
              <p className="milestone-state">
                <span>
                  {status === 'OPEN' && !isOpen ? texts.milestoneClosed : texts.milestoneStates[status]}
                </span>
                {article && (
                  <Link href={paths.article(article.slug)}>
                    {texts.unlockedArticle} “<bdi lang="">{article.title}</bdi>”
                  </Link>
                )}
              </p>
            </li>
          );
        })}
      </ol>
    </>
  );
}
