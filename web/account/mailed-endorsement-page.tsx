import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { formatTime } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type MailedEndorsementQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { useMailedToken } from './mailed-token.ts';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

const MailedEndorsementDocument = graphql(`
  query MailedEndorsement($token: String!) {
    viewerMailedEndorsement(token: $token) {
      state
      displayName
      affiliation
      statement
      expiresAt
      article {
        id
        slug
        title
      }
    }
  }
`);

const ConfirmEndorsement = graphql(`
  mutation ConfirmEndorsement($input: ConfirmEndorsementInput!) {
    confirmEndorsement(input: $input) {
      article {
        id
        endorsementCount
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const WithdrawMailedEndorsement = graphql(`
  mutation WithdrawMailedEndorsement($input: WithdrawMailedEndorsementInput!) {
    withdrawMailedEndorsement(input: $input) {
      article {
        id
        endorsementCount
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

type Mailed = NonNullable<MailedEndorsementQuery['viewerMailedEndorsement']>;

/**
 * Confirms or withdraws an endorsement by its mailed link, on a press of a button: programs that check mails follow
 * links.
 */
export default function MailedEndorsementPage() {
  const token = useMailedToken();
  const title = accountTexts.mailedEndorsementTitle;
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      {token === undefined ? <p>{accountTexts.noLink}</p> : <Endorsement key={token} token={token} />}
    </div>
  );
}

function Endorsement({ token }: { readonly token: string }) {
  // Not cached: the token gives rights.
  const { data, error, refetch } = useQuery(MailedEndorsementDocument, {
    variables: { token },
    fetchPolicy: 'no-cache',
  });
  const [confirm] = useMutation(ConfirmEndorsement);
  const [withdraw] = useMutation(WithdrawMailedEndorsement);
  const [done, setDone] = useState<string>();
  if (data === undefined) {
    if (!error) return <Loading />;
    const message = messageOf(error) ?? texts.unreachable;
    return <Trouble message={message} onRetry={() => void refetch()} />;
  }
  const mailed = data.viewerMailedEndorsement;
  if (!mailed) {
    return (
      <Notice takesFocus={false}>
        <p>{accountTexts.endorsementLinkInvalid}</p>
        <Link href={paths.front}>{texts.toFront}</Link>
      </Notice>
    );
  }
  const form = { fields: [] };
  const input = { variables: { input: { token } } };
  const settle = async (text: string) => {
    await refetch();
    setDone(text);
  };
  return (
    <>
      {done !== undefined && (
        <Notice key={done}>
          <p>{done}</p>
        </Notice>
      )}
      <State mailed={mailed} isDone={done !== undefined} />
      {mailed.article && mailed.state === 'PENDING' && (
        <FieldsForm
          key="confirm"
          {...form}
          action={accountTexts.confirmEndorsement}
          pending={accountTexts.confirming}
          send={async () => {
            const { userErrors = [] } = (await confirm(input)).data?.confirmEndorsement ?? {};
            if (userErrors.length === 0) await settle(accountTexts.endorsementConfirmed);
            // Another link or the account was faster, or the link has expired: the page shows it.
            else await refetch();
            return userErrors;
          }}
        />
      )}
      {mailed.state !== 'WITHDRAWN' && (
        <>
          <p className="hint">
            {mailed.state === 'PENDING' ? accountTexts.declineHint : accountTexts.withdrawHint}
          </p>
          <FieldsForm
            key="withdraw"
            {...form}
            isDangerous
            action={
              mailed.state === 'PENDING' ? accountTexts.declineEndorsement : accountTexts.withdrawEndorsement
            }
            pending={accountTexts.withdrawing}
            send={async () => {
              const { userErrors = [] } = (await withdraw(input)).data?.withdrawMailedEndorsement ?? {};
              if (userErrors.length === 0) await settle(accountTexts.endorsementWithdrawn);
              else await refetch();
              return userErrors;
            }}
          />
        </>
      )}
    </>
  );
}

/** What the link is about, and what has become of it. */
function State({ mailed, isDone }: { readonly mailed: Mailed; readonly isDone: boolean }) {
  const { article, state, displayName, affiliation, statement, expiresAt } = mailed;
  return (
    <>
      {article ? (
        <p>
          <Link {...written} href={paths.article(article.slug)}>
            {article.title}
          </Link>
        </p>
      ) : (
        <p>{accountTexts.endorsedIsGone}</p>
      )}
      {!isDone && state === 'CONFIRMED' && <p>{accountTexts.isEndorsed}</p>}
      {!isDone && state === 'WITHDRAWN' && <p>{accountTexts.isWithdrawn}</p>}
      {state === 'PENDING' && expiresAt !== null && <p>{accountTexts.isPending(formatTime(expiresAt))}</p>}
      {displayName !== null && (
        <blockquote className="endorsement mailed-endorsement">
          {statement !== null && (
            <p {...written} className="endorsement-statement">
              {statement}
            </p>
          )}
          <p className="endorsement-by">
            <span className="endorsement-name">
              <bdi lang="">{displayName}</bdi>
            </span>
            {affiliation !== null && (
              <span>
                <bdi lang="">{affiliation}</bdi>
              </span>
            )}
          </p>
        </blockquote>
      )}
    </>
  );
}
