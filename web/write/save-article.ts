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

/** The saved article; with errors beside it, only a part of the changes was saved. Null: nothing was saved. */
export interface Written {
  readonly article: EditableArticleFragment | null;
  readonly userErrors: readonly RefusedFault[];
  /** Failure of a request for a part of the changes. */
  readonly trouble?: unknown;
}

const nothing: Written = { article: null, userErrors: [] };

/** Lists of articles may have changed. They are requested again where they are shown. */
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

/** The input of a new article, until it is known to have arrived. */
export interface Sent {
  readonly idempotencyKey: string;
  readonly input: CreateArticleInput;
}

/**
 * Creates the new article, once: an input that was sent before and may have arrived is sent again unchanged, and
 * changes since then are sent as an update.
 * @param sent input of the last attempt, if its answer did not arrive
 * @param remember stores the sent input, over a reload; undefined: the input was refused and not stored by the service
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
    // The earlier input was refused and would be refused again; the changed values may be accepted.
    if (!isSame(input, wanted)) return createArticle(client, values, undefined, remember);
    return { article: null, userErrors };
  }
  forgetLists(client);
  return isSame(input, wanted)
    ? { article, userErrors }
    : updateArticle(client, article, values, article.updatedAt);
}

/** @param base the `updatedAt` of the article that the values started from */
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
  // The text is saved by now: with or without this change, the result is the saved article.
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
