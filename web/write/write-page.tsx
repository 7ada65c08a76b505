import { useQuery } from '@apollo/client/react';
import { Link } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
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
  if (!viewer.canCreateArticle) return <Forbidden title={texts.writeTitle} reason={texts.writeForbidden} />;
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
      <Forbidden title={texts.editArticle} reason={texts.editForbidden}>
        <p>
          <Link href={paths.article(slug)}>{texts.viewArticle}</Link>
        </p>
      </Forbidden>
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

function Forbidden({
  title,
  reason,
  children,
}: {
  readonly title: string;
  readonly reason: string;
  readonly children?: React.ReactNode;
}) {
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p>{reason}</p>
      {children}
    </div>
  );
}
