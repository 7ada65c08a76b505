import { type ApolloClient, type OperationVariables, type TypedDocumentNode } from '@apollo/client';
import { type MaybeMasked } from '@apollo/client/masking';
import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { isPassing, messageOf } from './error-message.ts';

interface Answer<TData> {
  /** The variables of the answer, as JSON; empty: no answer yet. */
  readonly name: string;
  readonly data?: MaybeMasked<TData> | undefined;
  readonly error?: unknown;
}

interface Snapshot<TData> {
  readonly data: MaybeMasked<TData> | undefined;
  /** The data for the previous variables, until the answer for the present ones arrives. */
  readonly previousData: MaybeMasked<TData> | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly retry: () => void;
}

/** The answer to the query of the document's first page, until that page is rendered. */
let prepared: { readonly query: unknown; readonly answer: Answer<unknown> } | undefined;

/**
 * Sends the first query of a page that is not rendered before the answer is there.
 * @returns whether the service has answered
 */
export async function prepareSnapshot<TData, TVariables extends OperationVariables>(
  client: ApolloClient,
  query: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
): Promise<boolean> {
  const name = JSON.stringify(variables);
  const options = { query, variables, fetchPolicy: 'network-only', errorPolicy: 'all' } as never;
  const answer = await client.query<TData>(options).catch((error: unknown) => ({ error }));
  prepared = { query, answer: { name, ...answer } };
  return answer.error === undefined || (messageOf(answer.error) !== undefined && !isPassing(answer.error));
}

/**
 * Result of a page's first query, without later changes. Components show changes by reading their own fragments:
 * watching the whole result would read and compare a page of comments again for each event.
 * @param policy `cache-first`: cached data is available at once
 */
export function useSnapshot<TData, TVariables extends OperationVariables>(
  query: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
  policy: 'cache-first' | 'network-only',
): Snapshot<TData> {
  const client = useApolloClient();
  const name = JSON.stringify(variables);
  const ask = (asked: string) =>
    client.query<TData>({
      query,
      variables: JSON.parse(asked) as TVariables,
      fetchPolicy: policy,
      errorPolicy: 'all',
    } as never);
  const [answer, setAnswer] = useState<Answer<TData>>(() => {
    if (prepared?.query === query && prepared.answer.name === name) return prepared.answer as Answer<TData>;
    const data = policy === 'cache-first' ? client.readQuery({ query, variables } as never) : null;
    return data === null ? { name: '' } : { name, data: data as MaybeMasked<TData> };
  });
  const loading = answer.name !== name;
  // The first request is sent before the first render is painted.
  const [first] = useState(() => (loading ? { name, answer: ask(name) } : undefined));
  useEffect(() => {
    prepared = undefined;
  }, []);
  const isFirstTaken = useRef(false);
  const latestAsk = useRef(ask);
  useEffect(() => {
    latestAsk.current = ask;
  });
  useEffect(() => {
    if (!loading) return;
    let isOver = false;
    const take = (next: Omit<Answer<TData>, 'name'>) => {
      if (isOver) return;
      isFirstTaken.current = true;
      setAnswer({ name, ...next });
    };
    const isFirst = first?.name === name && !isFirstTaken.current;
    (isFirst ? first.answer : latestAsk.current(name)).then(take).catch((error: unknown) => take({ error }));
    return () => {
      isOver = true;
    };
  }, [first, name, loading]);
  return {
    data: loading ? undefined : answer.data,
    previousData: loading ? answer.data : undefined,
    error: loading ? undefined : answer.error,
    loading,
    retry: () => setAnswer({ name: '' }),
  };
}
