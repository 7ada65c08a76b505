import './people.css';
import { useApolloClient, useMutation } from '@apollo/client/react';
import { useCallback, useState } from 'react';
import { Notice } from '../account/notice.tsx';
import { type AppealListQuery, type AppealOutcome } from '../graphql/generated/graphql.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Age } from '../layout/time.tsx';
import { usePages } from '../layout/use-pages.ts';
import { written } from '../layout/written.ts';
import { useViewer } from '../session/reader-context.ts';
import { AnswerAppeal, AppealListDocument } from './appeal-documents.ts';
import { DecisionForm } from './decision-form.tsx';
import { DecisionFacts, DecisionSentence } from './decision-line.tsx';
import { PersonName } from './names.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { type NewsEvent } from './queue-documents.ts';
import { useRowKeys } from './row-keys.ts';
import { moderationTexts } from './texts.ts';
import { useNews } from './use-news.ts';

type Appeal = NonNullable<AppealListQuery['moderationAppeals']>['nodes'][number];

/** An appeal is made, answered, or goes with its decision. */
const isAboutAppeals = (event: NewsEvent): boolean => 'decision' in event;

/** Objections to decisions that wait for an answer. */
export default function AppealsPage() {
  useRowKeys();
  const client = useApolloClient();
  const [said, setSaid] = useState<{ readonly text: string; readonly turn: number }>();
  const [total, setTotal] = useState(0);
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: AppealListDocument,
        variables: { first, after },
        fetchPolicy: 'no-cache',
      });
      const page = data?.moderationAppeals;
      if (page) setTotal(page.totalCount);
      return page && { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client],
  );
  const news = useNews(isAboutAppeals);
  const pages = usePages<Appeal>(load, `${said?.turn ?? 0} ${news}`);
  const { items, hasMore, isLoading, trouble, more, reload } = pages;
  return (
    <>
      <PageHead title={moderationTexts.appeals} />
      <div className="mod-head">
        <div>
          <h1 tabIndex={-1}>{moderationTexts.appeals}</h1>
          <p className="hint">{words.appealsHint}</p>
        </div>
      </div>
      {said && <Notice key={said.turn}>{said.text}</Notice>}
      {items === undefined &&
        (trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />)}
      {items && (
        <p className="hint" role="status">
          {items.length === 0 ? words.noAppeals : words.waiting(total)}
        </p>
      )}
      {items !== undefined && items.length > 0 && (
        <ul className="mod-list">
          {items.map((appeal) => (
            <AppealItem
              key={appeal.id}
              appeal={appeal}
              onAnswered={() =>
                setSaid((before) => ({
                  text: words.answered(appeal.person?.name ?? words.unknownPerson),
                  turn: (before?.turn ?? 0) + 1,
                }))
              }
            />
          ))}
        </ul>
      )}
      {hasMore && (
        <MoreButton label={words.moreAppeals} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </>
  );
}

interface ItemProps {
  readonly appeal: Appeal;
  readonly onAnswered: () => void;
}

function AppealItem({ appeal, onAnswered }: ItemProps) {
  const viewer = useViewer();
  const [isAnswering, setAnswering] = useState(false);
  const { text, appealedAt, person, decision } = appeal;
  const own = viewer?.commentAuthor.id;
  const isOwnDecision = own !== undefined && decision?.actor?.author.id === own;
  const isOwnAppeal = own !== undefined && person?.author.id === own;
  const body = decision?.bodyHtml;
  return (
    <li className="mod-row mod-appeal" data-row data-key={appeal.id} tabIndex={-1}>
      <div className="mod-row-text">
        {decision && (
          <>
            <p>
              <DecisionSentence decision={decision} />
            </p>
            <DecisionFacts decision={decision} isAppealed />
            {decision.note !== null && (
              <p {...written} className="mod-note">
                {decision.note}
              </p>
            )}
          </>
        )}
        {body != null && (
          <blockquote className="mod-quote" aria-label={words.theComment}>
            {/* The service has sanitised the HTML. */}
            <div className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: body }} />
          </blockquote>
        )}
        <div className="mod-objection" role="group" aria-label={words.objection}>
          <p className="facts">
            <span>
              <PersonName person={person} />
            </span>
            <span>{words.objects}</span>
            <Age time={appealedAt} />
          </p>
          <p {...written} className="mod-text">
            {text}
          </p>
        </div>
        {(isOwnDecision || isOwnAppeal) && (
          <p className="hint">{isOwnAppeal ? words.ownAppeal : words.ownDecision}</p>
        )}
        {isAnswering && (
          <AnswerForm appealId={appeal.id} onClose={() => setAnswering(false)} onAnswered={onAnswered} />
        )}
      </div>
      {!isOwnDecision && !isOwnAppeal && !isAnswering && (
        <button type="button" onClick={() => setAnswering(true)}>
          {words.answer}
        </button>
      )}
    </li>
  );
}

const outcomes = Object.keys(words.outcomes) as AppealOutcome[];

interface FormProps {
  readonly appealId: string;
  readonly onClose: () => void;
  readonly onAnswered: () => void;
}

function AnswerForm({ appealId, onClose, onAnswered }: FormProps) {
  const [answer] = useMutation(AnswerAppeal);
  return (
    <DecisionForm
      question={words.answerQuestion}
      action={words.sendAnswer}
      noteLabel={words.answerLabel}
      noteHint={words.answerHint}
      others={['outcome']}
      onClose={onClose}
      send={async ({ note, valueOf }) => {
        const outcome = outcomes.find((each) => each === valueOf('outcome'));
        if (!outcome) return [{ field: ['outcome'], message: words.chooseOutcome }];
        const { data } = await answer({ variables: { input: { appealId, outcome, answer: note } } });
        if (data?.answerAppeal.appeal) onAnswered();
        return data?.answerAppeal.userErrors ?? [];
      }}
    >
      {(faults) => (
        <fieldset className="checks">
          <legend>{words.outcome}</legend>
          {outcomes.map((outcome) => (
            <label key={outcome} className="check">
              <input
                type="radio"
                name="outcome"
                value={outcome}
                aria-invalid={faults.at('outcome') === undefined ? undefined : true}
                onChange={() => faults.forget(['outcome'])}
              />
              <span>{words.outcomes[outcome]}</span>
            </label>
          ))}
          {faults.at('outcome') !== undefined && <p className="field-error">{faults.at('outcome')}</p>}
        </fieldset>
      )}
    </DecisionForm>
  );
}
