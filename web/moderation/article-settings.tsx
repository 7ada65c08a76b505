import { useQuery } from '@apollo/client/react';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { texts } from '../texts.ts';
import { ArticleModeration } from './article-moderation.tsx';
import { ArticleModerationDocument } from './settings-documents.ts';
import { settingsTexts as words } from './settings-texts.ts';

/** The settings of one article, on its page of editing. */
export default function ArticleSettings({ slug }: { readonly slug: string }) {
  const { data, error, refetch } = useQuery(ArticleModerationDocument, {
    variables: { slug },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const article = data?.article;
  if (article?.viewerModeration)
    return <ArticleModeration article={{ ...article, viewerModeration: article.viewerModeration }} />;
  if (data) return <p>{words.notYours}</p>;
  if (!error) return <Loading />;
  return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
}
