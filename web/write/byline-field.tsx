import { useApolloClient } from '@apollo/client/react';
import { type ApolloClient } from '@apollo/client';
import { useEffect, useState } from 'react';
import { type BylinesQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Field } from '../layout/field.tsx';
import { Trouble } from '../layout/messages.tsx';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { Bylines } from './documents.ts';

type Journalist = NonNullable<BylinesQuery['journalists']>['nodes'][number];

interface Choice {
  readonly ownId: string | undefined;
  readonly journalists: readonly Journalist[];
}

async function loadBylines(client: ApolloClient): Promise<Choice> {
  const journalists: Journalist[] = [];
  for (let after: string | null = null; ;) {
    const { data }: { data?: BylinesQuery | undefined } = await client.query({
      query: Bylines,
      variables: { after },
      fetchPolicy: 'no-cache',
    });
    journalists.push(...(data?.journalists?.nodes ?? []));
    after = data?.journalists?.pageInfo.endCursor ?? null;
    if (data?.journalists?.pageInfo.hasNextPage !== true) {
      return { ownId: data?.viewer?.journalist?.id, journalists };
    }
  }
}

interface Props {
  readonly value: string;
  readonly error: string | undefined;
  /** Whether the viewer may choose their own byline before it exists: a journalist's is created with the article. */
  readonly isJournalist: boolean;
  readonly onChange: (journalistId: string) => void;
}

/** The byline of a new article: editors may choose any. */
export function BylineField({ value, error, isJournalist, onChange }: Props) {
  const client = useApolloClient();
  const [choice, setChoice] = useState<Choice>();
  const [trouble, setTrouble] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    loadBylines(client)
      .then(setChoice)
      .catch((failure: unknown) => setTrouble(messageOf(failure) ?? texts.unreachable));
  }, [client, attempt]);

  const hasOwn = isJournalist || choice?.ownId !== undefined;
  return (
    <>
      <Field label={texts.byline} error={error}>
        {(control) => (
          <select {...control} value={value} onChange={({ target }) => onChange(target.value)}>
            <option value="">{hasOwn ? texts.ownByline : texts.chooseByline}</option>
            {choice?.journalists
              .filter(({ id }) => id !== choice.ownId)
              .map(({ id, name }) => (
                <option {...written} key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
        )}
      </Field>
      {trouble !== undefined && choice === undefined && (
        <Trouble
          message={trouble}
          onRetry={() => {
            setTrouble(undefined);
            setAttempt(attempt + 1);
          }}
        />
      )}
    </>
  );
}
