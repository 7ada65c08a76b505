import { v4 as newUuid } from 'uuid';
import { type ApolloClient } from '@apollo/client';
import {
  type CreateArticleInput,
  type EditableArticleFragment,
  type UserErrorCode,
} from '../graphql/generated/graphql.ts';
import { type Fault } from '../layout/use-faults.ts';
import {
  CreateArticle,
  PublishArticle,
  SetCommentPolicy,
  UnpublishArticle,
  UpdateArticle,
} from './documents.ts';
import { type FormValues, inputOf, isSame, textOf } from './form-values.ts';

export interface RefusedFault extends Fault {
  readonly code: UserErrorCode;
}

/** The article as it was written; with faults beside it, a part of what was wanted was not. Null: nothing was. */
export interface Written {
  readonly article: EditableArticleFragment | null;
  readonly userErrors: readonly RefusedFault[];
  /** Why a part could not be asked for. */
  readonly trouble?: unknown;
}

const nothing: Written = { article: null, userErrors: [] };

/** Lists of articles may be other ones now. They are asked for again where they are shown. */
function forgetLists(client: ApolloClient): void {
  const { cache } = client;
  for (const fieldName of ['articles', 'search', 'tags', 'tag']) {
    cache.evict({ id: 'ROOT_QUERY', fieldName });
  }
  for (const id of Object.keys(cache.extract() as Record<string, unknown>)) {
    if (/^(Journalist|Tag|Viewer):/.test(id)) cache.evict({ id, fieldName: 'articles' });
  }
  cache.gc();
}

/** What was sent of a new article, until it is known that it came. */
export interface Sent {
  readonly idempotencyKey: string;
  readonly input: CreateArticleInput;
}

/**
 * Makes the new article, once: what was sent before and may have come is sent again as it was, and what was written since
 * is a change of it.
 * @param sent from the last time, if its answer did not come
 * @param remember keeps what is sent, over a reload; undefined: it was refused, and is not there
 */
export async function createArticle(
  client: ApolloClient,
  values: FormValues,
  sent: Sent | undefined,
  remember: (sent: Sent | undefined) => void,
): Promise<Written> {
  const wanted = inputOf(values);
  const sending = sent ?? { idempotencyKey: newUuid(), input: wanted };
  remember(sending);
  const { input, idempotencyKey } = sending;
  const { data } = await client.mutate({
    mutation: CreateArticle,
    variables: { input: { ...input, idempotencyKey } },
  });
  const { article, userErrors } = data?.createArticle ?? nothing;
  if (!article) {
    remember(undefined);
    // It was refused then and would be now; perhaps what was written since would not.
    if (!isSame(input, wanted)) return createArticle(client, values, undefined, remember);
    return { article: null, userErrors };
  }
  forgetLists(client);
  return isSame(input, wanted)
    ? { article, userErrors }
    : updateArticle(client, article, values, article.updatedAt);
}

/** @param base the `updatedAt` that the values were made from */
export async function updateArticle(
  client: ApolloClient,
  { id: articleId, commentPolicy: policyBefore }: EditableArticleFragment,
  values: FormValues,
  base: string,
): Promise<Written> {
  const { data } = await client.mutate({
    mutation: UpdateArticle,
    variables: { input: { articleId, ...textOf(values), expectedUpdatedAt: base } },
  });
  const written = data?.updateArticle ?? nothing;
  const { commentPolicy } = values;
  if (!written.article || commentPolicy === policyBefore) return written;
  // The text is saved by now: whatever becomes of this, it is told of the article as it is.
  try {
    const answer = await client.mutate({
      mutation: SetCommentPolicy,
      variables: { input: { articleId, commentPolicy } },
    });
    const { article, userErrors } = answer.data?.setCommentPolicy ?? nothing;
    return { article: article ?? written.article, userErrors };
  } catch (trouble) {
    return { ...written, trouble };
  }
}

export async function publishArticle(client: ApolloClient, articleId: string): Promise<Written> {
  const { data } = await client.mutate({
    mutation: PublishArticle,
    variables: { input: { articleId } },
  });
  forgetLists(client);
  return data?.publishArticle ?? nothing;
}

export async function unpublishArticle(client: ApolloClient, articleId: string): Promise<Written> {
  const { data } = await client.mutate({
    mutation: UnpublishArticle,
    variables: { input: { articleId } },
  });
  forgetLists(client);
  return data?.unpublishArticle ?? nothing;
}
