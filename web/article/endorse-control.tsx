import { v4 as newUuid } from 'uuid';
import { useMutation } from '@apollo/client/react';
import { type FormEvent, useRef, useState } from 'react';
import { Link } from 'wouter';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { WhyNot } from '../account/why-not.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { type EndorsementsFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { focusAtOnce } from '../layout/focus.ts';
import { useIntent } from '../layout/use-intent.ts';
import { written } from '../layout/written.ts';
import { paths, withIntent } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { useDraft } from '../thread/use-draft.ts';
import { lateAnswersOf } from '../thread/late-answers.ts';
import { showEndorsement, takeEndorsementOut } from '../graphql/endorsement-cache.ts';

const Endorse = graphql(`
  mutation Endorse($input: EndorseInput!) {
    endorse(input: $input) {
      article {
        id
        endorsementCount
        viewerCanEndorse
        viewerEndorsement {
          id
        }
      }
      endorsementEdge {
        cursor
        node {
          id
          ...EndorsementCard
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`);

const WithdrawEndorsement = graphql(`
  mutation WithdrawEndorsement($input: WithdrawEndorsementInput!) {
    withdrawEndorsement(input: $input) {
      article {
        id
        endorsementCount
        viewerCanEndorse
        viewerEndorsement {
          id
        }
      }
      withdrawnEndorsementId
      userErrors {
        message
      }
    }
  }
`);

// Loaded when the form is opened.
const endorseByMail = partOf(() => import('../account/endorse-by-mail.tsx'));

/** Gives or withdraws the reader's own endorsement. */
export function EndorseControl({ article }: { readonly article: EndorsementsFragment }) {
  const reader = useReader();
  const [isOpen, setOpen] = useState(useIntent('endorse'));
  const here = withIntent(`${paths.article(article.slug)}#endorsements`, 'endorse');
  // The pressed button disappears, so the button that replaces it takes the focus.
  const [hasActed, setActed] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const [withdraw] = useMutation(WithdrawEndorsement);
  if (!reader.isSignedIn && article.canEndorseByMail) {
    if (isOpen) {
      const onDone = () => {
        setActed(true);
        setOpen(false);
      };
      const props = { articleId: article.id, slug: article.slug, onDone };
      return <PartOfPage part={endorseByMail} props={props} />;
    }
    return <EndorseButton takesFocus={hasActed} onClick={() => setOpen(true)} />;
  }
  if (!reader.isSignedIn) {
    return (
      <p>
        <Link className="button" href={paths.signIn(here)}>
          {texts.signInToEndorse}
        </Link>
      </p>
    );
  }
  if (article.viewerEndorsement) {
    return (
      <div className="endorsed">
        <p>{texts.youEndorse}</p>
        <button
          type="button"
          className="link-button"
          ref={hasActed ? focusAtOnce : undefined}
          onClick={() => {
            setActed(true);
            lateAnswersOf(reader)
              .during(() =>
                withdraw({
                  variables: { input: { articleId: article.id } },
                  update: (cache, { data }) => {
                    const id = data?.withdrawEndorsement.withdrawnEndorsementId;
                    if (id != null) takeEndorsementOut(cache, id);
                  },
                }),
              )
              .then(({ data }) => setTrouble(data?.withdrawEndorsement.userErrors[0]?.message))
              .catch((error: unknown) => setTrouble(messageOf(error) ?? texts.unreachable));
          }}
        >
          {texts.withdraw}
        </button>
        {trouble !== undefined && (
          <p className="field-error" role="alert">
            {trouble}
          </p>
        )}
      </div>
    );
  }
  if (!article.viewerCanEndorse) return <WhyNot purpose="endorse" next={here} />;
  if (isOpen) {
    return <EndorseForm articleId={article.id} onAct={() => setActed(true)} onDone={() => setOpen(false)} />;
  }
  return <EndorseButton takesFocus={hasActed} onClick={() => setOpen(true)} />;
}

interface ButtonProps {
  readonly takesFocus: boolean;
  readonly onClick: () => void;
}

function EndorseButton({ takesFocus, onClick }: ButtonProps) {
  return (
    <p>
      <button
        type="button"
        className="button-primary"
        ref={takesFocus ? focusAtOnce : undefined}
        onClick={onClick}
      >
        {texts.endorse}
      </button>
    </p>
  );
}

interface FormProps {
  readonly articleId: string;
  /** Called when the form was sent or cancelled, and is about to close. */
  readonly onAct: () => void;
  readonly onDone: () => void;
}

function EndorseForm({ articleId, onAct, onDone }: FormProps) {
  const reader = useReader();
  // The same input is always sent under the same key, which creates one endorsement; a changed input gets a new key.
  const sent = useRef({ text: '', key: '' });
  const [endorse, { loading }] = useMutation(Endorse);
  const [trouble, setTrouble] = useState<string>();
  const [statement, setStatement] = useDraft([reader.viewerId, articleId, 'statement']);
  const [affiliation, setAffiliation] = useDraft([reader.viewerId, articleId, 'affiliation']);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (loading) return;
    onAct();
    const orNull = (value: string) => (value.trim() === '' ? null : value.trim());
    const words = { affiliation: orNull(affiliation), statement: orNull(statement) };
    const text = JSON.stringify(words);
    if (sent.current.text !== text) sent.current = { text, key: newUuid() };
    const input = { articleId, idempotencyKey: sent.current.key, ...words };
    try {
      const { data } = await lateAnswersOf(reader).during(() =>
        endorse({
          variables: { input },
          update: (cache, { data: written }) => {
            const edge = written?.endorse.endorsementEdge;
            if (edge) showEndorsement(cache, articleId, edge);
          },
        }),
      );
      const refused = data?.endorse.userErrors[0]?.message;
      setTrouble(refused);
      if (refused !== undefined) return;
      setStatement('');
      setAffiliation('');
      onDone();
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
  }

  return (
    <form className="endorse-form" onSubmit={(event) => void submit(event)}>
      <p className="hint">{texts.endorseMeans}</p>
      <label>
        {texts.endorseStatement}
        <textarea
          {...written}
          rows={3}
          ref={focusAtOnce}
          value={statement}
          onChange={({ target }) => setStatement(target.value)}
        />
      </label>
      <label>
        {texts.endorseAffiliation}
        <input {...written} value={affiliation} onChange={({ target }) => setAffiliation(target.value)} />
      </label>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      <div className="form-foot">
        <button type="submit" className="button-primary" aria-disabled={loading}>
          {texts.endorse}
        </button>
        <button
          type="button"
          onClick={() => {
            onAct();
            onDone();
          }}
        >
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
