import { Link } from 'wouter';
import { type ActionLineFragment, type DecisionLineFragment } from '../graphql/generated/graphql.ts';
import { Age } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { DecisionFacts, DecisionSentence, Undo, useDecision } from './decision-line.tsx';
import { logAddress } from './log-address.ts';
import { logTexts as words } from './log-texts.ts';
import { Actor, CommentName, PersonName } from './names.tsx';
import { peopleTexts } from './people-texts.ts';
import { Sentence, type SentenceParts } from './sentence.tsx';
import { settingInWords } from './setting-names.ts';
import { moderationTexts } from './texts.ts';

interface Props {
  readonly entry: ActionLineFragment;
  /** Whether the decision that the entry tells of is the last one about something. */
  readonly isLast: boolean;
}

/** One entry of the log. */
export function ActionItem({ entry, isLast }: Props) {
  const decision = 'decision' in entry ? entry.decision : null;
  return (
    <li className="mod-row" data-row data-key={entry.sequence} tabIndex={-1}>
      {decision ? (
        <OfDecision entry={entry} id={decision.id} isLast={isLast} />
      ) : (
        <div className="mod-row-text">
          <p>
            <ActionSentence entry={entry} />
          </p>
          <ActionFacts entry={entry} />
        </div>
      )}
    </li>
  );
}

function OfDecision({ entry, id, isLast }: Props & { readonly id: string }) {
  const decision = useDecision(id);
  if (!decision) return null;
  const tells = isDecisionOf(entry);
  return (
    <>
      <div className="mod-row-text">
        <p>
          {tells ? (
            <DecisionSentence decision={decision} />
          ) : (
            <ActionSentence entry={entry} decision={decision} />
          )}
        </p>
        {tells ? <DecisionFacts decision={decision} /> : <ActionFacts entry={entry} />}
        {tells && decision.note !== null && (
          <p {...written} className="mod-note">
            {decision.note}
          </p>
        )}
      </div>
      {tells && isLast && <Undo decision={decision} />}
    </>
  );
}

/** Whether an entry is the decision itself, and not what became of it. */
export const isDecisionOf = ({ __typename: type }: ActionLineFragment): boolean =>
  type === 'DecisionMade' || type === 'PersonSanctioned' || type === 'SanctionLifted';

function templateOf(entry: ActionLineFragment, decision: DecisionLineFragment | null): string {
  switch (entry.__typename) {
    case 'CommentHeld':
      return words.held;
    case 'CommentReported':
      return words.reported;
    case 'CommentClaimed':
      return entry.claimedUntil === null ? words.released : words.claimed;
    case 'CommentEscalated':
      return words.escalated;
    case 'HookUnanswered':
      return entry.action === 'PUBLISH' ? words.hookPublished : words.hookHeld;
    case 'CommentWithdrawn':
      return words.withdrawn;
    case 'DecisionUndone':
      return words.undid;
    case 'DecisionAppealed':
      return words.appealed;
    case 'AppealAnswered':
      return decision?.appeal?.outcome === 'OVERTURNED' ? words.overturned : words.upheld;
    case 'PersonNoted':
      return words.noted;
    case 'ModerationSettingsChanged':
      return settingsTemplate(entry);
    case 'RoleGranted':
      return words.granted(roleName(entry.role));
    case 'RoleRevoked':
      return words.revoked(roleName(entry.role));
    case 'StaffSignedIn':
      return words.signedIn;
    default:
      return words.decided;
  }
}

const roleName = (role: string | null): string =>
  role === null ? words.severalRoles : ((peopleTexts.roles as Record<string, string>)[role] ?? role);

type SettingsChange = Extract<ActionLineFragment, { __typename: 'ModerationSettingsChanged' }>;

function settingsTemplate({ article, changes: [change] }: SettingsChange): string {
  if (change?.setting === 'words')
    return change.after === null ? words.wordsRemoved(change.before ?? '') : words.wordsAdded(change.after);
  return article ? words.articleSettings : words.settings;
}

function ActionSentence({
  entry,
  decision = null,
}: {
  readonly entry: ActionLineFragment;
  readonly decision?: DecisionLineFragment | null;
}) {
  const text = templateOf(entry, decision);
  const comment = 'comment' in entry ? entry.comment : null;
  const article = 'article' in entry ? entry.article : null;
  const parts: SentenceParts = {
    actor: <Actor actor={entry.actor} kind={entry.actorKind} />,
    person: <PersonName person={entry.person} />,
    comment: (
      <CommentName
        comment={comment}
        label={text.startsWith('{comment}') ? words.aCommentAtStart : peopleTexts.aComment}
      />
    ),
    decision: decision ? (
      <DecisionSentence decision={decision} asObject />
    ) : (
      <Sentence text={words.aDecision} parts={{ person: <PersonName person={entry.person} /> }} />
    ),
    article: article && (
      <Link {...written} href={paths.article(article.slug)}>
        {article.title}
      </Link>
    ),
  };
  return <Sentence text={text} parts={parts} />;
}

function ActionFacts({ entry }: { readonly entry: ActionLineFragment }) {
  const comment = 'comment' in entry ? entry.comment : null;
  const changes = 'changes' in entry ? entry.changes.filter(({ setting }) => setting !== 'words') : [];
  const phase =
    entry.__typename === 'CommentHeld' && entry.phase !== null ? words.phases[entry.phase] : undefined;
  return (
    <p className="facts">
      <Age time={entry.occurredAt} />
      {phase !== undefined && <span>{phase}</span>}
      {entry.__typename === 'CommentReported' && entry.reportReason !== null && (
        <span>{moderationTexts.reasons[entry.reportReason]}</span>
      )}
      {entry.__typename === 'CommentEscalated' && entry.suspicion !== null && (
        <span>{moderationTexts.reasons[entry.suspicion]}</span>
      )}
      {changes.map((change) => (
        <span key={change.setting} className="mod-title">
          {settingInWords(change)}
        </span>
      ))}
      {comment && (
        <span className="mod-title">
          <bdi lang="">{comment.article.title}</bdi>
        </span>
      )}
      {'commentId' in entry && (
        <span>
          <Link
            href={logAddress({ comment: entry.commentId, kinds: 'all' })}
            aria-label={words.onlyThisLabel}
          >
            {words.onlyThis}
          </Link>
        </span>
      )}
    </p>
  );
}
