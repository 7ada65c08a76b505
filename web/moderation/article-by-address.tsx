import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { FieldsForm } from '../layout/fields-form.tsx';
import { written } from '../layout/written.ts';
import { articleOfPath, paths } from '../paths.ts';
import { ArticleModeration, type ModeratedArticle } from './article-moderation.tsx';
import { ArticleModerationDocument } from './settings-documents.ts';
import { settingsTexts as words } from './settings-texts.ts';

/** The slug in an article's address, or in a part of one. */
function slugOf(address: string): string {
  const path = URL.canParse(address, location.origin) ? new URL(address, location.origin).pathname : address;
  return articleOfPath(path)?.slug ?? path.replace(/^\//, '');
}

/** The settings of an article whose address the reader gives. */
export function ArticleByAddress() {
  const client = useApolloClient();
  const [article, setArticle] = useState<
    ModeratedArticle & { readonly slug: string; readonly title: string }
  >();
  return (
    <>
      <FieldsForm
        action={words.openArticle}
        pending={words.opening}
        fields={[{ name: 'address', label: words.articleAddress, type: 'text', autoComplete: 'off' }]}
        send={async (valueOf) => {
          const { data } = await client.query({
            query: ArticleModerationDocument,
            variables: { slug: slugOf(valueOf('address').trim()) },
            fetchPolicy: 'network-only',
          });
          const found = data?.article;
          if (!found) return [{ field: ['address'], message: words.noArticle }];
          if (!found.viewerModeration) return [{ field: ['address'], message: words.notYours }];
          setArticle({ ...found, viewerModeration: found.viewerModeration });
          return [];
        }}
      />
      {article && (
        <div className="mod-part" key={article.id}>
          <h3>
            <Link {...written} href={paths.article(article.slug)}>
              {article.title}
            </Link>
          </h3>
          <ArticleModeration article={article} />
        </div>
      )}
    </>
  );
}
