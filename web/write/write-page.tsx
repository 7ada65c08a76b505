import { useQuery } from '@apollo/client/react';
import { Link } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { paths } from '../paths.ts';
import { NotYours } from '../session/not-yours.tsx';
import { type Viewer } from '../session/reader-context.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';
import { ArticleForm } from './article-form.tsx';
import { CommentSettings } from './comment-settings.tsx';
import { ArticleToEdit } from './documents.ts';

/** Without a slug, the page of a new article; with a slug, of that article. */
export default function WritePage({ slug }: { readonly slug?: string }) {
  return (
    <SignedIn title={slug === undefined ? texts.writeTitle : texts.editArticle}>
      {(viewer) =>
        slug === undefined ? <NewArticle viewer={viewer} /> : <Edit viewer={viewer} slug={slug} />
      }
    </SignedIn>
  );
}

function NewArticle({ viewer }: { readonly viewer: Viewer }) {
  if (!viewer.canCreateArticle)
    return <NotYours viewer={viewer} title={texts.writeTitle} otherwise={texts.writeForbidden} />;
  return <ArticleForm viewer={viewer} article={null} onStale={() => Promise.resolve()} />;
}

function Edit({ viewer, slug }: { readonly viewer: Viewer; readonly slug: string }) {
  // Editing starts from the article's present state.
  const { data, error, refetch } = useQuery(ArticleToEdit, {
    variables: { slug },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const article = data?.article;
  if (!article) {
    if (error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    return data ? <NotFound /> : <Loading />;
  }
  if (!article.viewerCanEdit) {
    return (
      <NotYours viewer={viewer} title={texts.editArticle} otherwise={texts.editForbidden}>
        <p>
          <Link href={paths.article(slug)}>{texts.viewArticle}</Link>
        </p>
      </NotYours>
    );
  }
  return (
    <>
      <ArticleForm viewer={viewer} article={article} onStale={refetch} />
      <div className="page write-page">
        <CommentSettings slug={slug} />
      </div>
    </>
  );
}
