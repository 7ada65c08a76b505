import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type ImportedAuthorsQuery } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Trouble } from '../layout/messages.tsx';
import { useChange } from '../layout/use-change.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { Notice } from './notice.tsx';
import { Section } from './section.tsx';
import { accountTexts } from './texts.ts';

const ImportedAuthorsDocument = graphql(`
  query ImportedAuthors {
    viewer {
      id
      importedAuthors {
        id
        name
        commentCount
      }
    }
  }
`);

const ClaimImportedAuthor = graphql(`
  mutation ClaimImportedAuthor($input: ClaimImportedAuthorInput!) {
    claimImportedAuthor(input: $input) {
      viewer {
        id
        importedAuthors {
          id
          name
          commentCount
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

type Author = NonNullable<ImportedAuthorsQuery['viewer']>['importedAuthors'][number];

interface Props {
  /** Of the account. */
  readonly name: string;
  readonly email: string;
}

/** Comments from another system with the account's confirmed address, which it can make its own; nothing where there are none. */
export function ImportedAuthors({ name, email }: Props) {
  const { data, error, refetch } = useQuery(ImportedAuthorsDocument, { fetchPolicy: 'network-only' });
  const [claimed, setClaimed] = useState<Author>();
  const authors = data?.viewer?.importedAuthors ?? [];
  if (authors.length === 0 && !claimed && !error) return null;
  return (
    <Section id="imported" title={accountTexts.imported}>
      {authors.length > 0 && <p className="hint">{accountTexts.importedHint(email)}</p>}
      {!data && error && (
        <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
      )}
      {claimed && <Notice key={claimed.id}>{accountTexts.claimed(claimed.name)}</Notice>}
      {authors.length > 0 && (
        <ul className="account-sessions">
          {authors.map((author) => (
            <li key={author.id} className="account-session">
              <p>
                <strong {...written}>{author.name}</strong>{' '}
                <span className="hint">{accountTexts.importedComments(author.commentCount)}</span>
              </p>
              <Claim author={author} accountName={name} onClaimed={() => setClaimed(author)} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

interface ClaimProps {
  readonly author: Author;
  readonly accountName: string;
  readonly onClaimed: () => void;
}

function Claim({ author: { id, name, commentCount }, accountName, onClaimed }: ClaimProps) {
  const [claim] = useMutation(ClaimImportedAuthor);
  const { isBusy, trouble, run } = useChange();

  async function claimAuthor() {
    const isDone = await run(async () => {
      const { data } = await claim({ variables: { input: { authorId: id } } });
      return data?.claimImportedAuthor.userErrors;
    });
    if (isDone) onClaimed();
  }

  return (
    <Confirm
      action={accountTexts.claim}
      label={accountTexts.claimOf(name)}
      question={accountTexts.claimQuestion(commentCount, name, accountName)}
      keep={accountTexts.claimKeep}
      isBusy={isBusy}
      trouble={trouble}
      onConfirm={() => void claimAuthor()}
    />
  );
}
