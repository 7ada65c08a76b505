import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { Fragment } from 'react';
import { Link } from 'wouter';
import { formatNumber } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type ArticleTextFragment } from '../graphql/generated/graphql.ts';
import { Portrait } from '../layout/portrait.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { ContactAddresses } from './contact-addresses.tsx';
import { TagList } from './tag-list.tsx';

const ArticleTextDocument = graphql(`
  fragment ArticleText on Article {
    id
    slug
    status
    title
    standfirst
    bodyHtml
    publishedAt
    canonicalUrl
    contactAddressCount
    viewerContactAddresses
    viewerCanEdit
    author {
      id
      slug
      name
      location
      photoUrl
    }
    signatures {
      name
      role
      organisation
    }
    tags {
      id
      name
    }
  }
`);

/** The article itself: author, place and date, text, and signatories. */
export function ArticleText({ from }: { readonly from: FragmentType<ArticleTextFragment> }) {
  const { data: article, complete } = useFragment({ fragment: ArticleTextDocument, from });
  if (!complete) return null;
  const { author } = article;
  return (
    <article className="article" aria-labelledby="headline">
      <PageHead title={article.title} />
      <header className="article-head">
        <h1 {...written} id="headline" tabIndex={-1}>
          {article.title}
        </h1>
        {article.standfirst !== null && (
          <p {...written} className="standfirst">
            {article.standfirst}
          </p>
        )}
        <div className="byline">
          <Portrait name={author.name} photoUrl={author.photoUrl} size={48} />
          <div>
            <Link href={paths.journalist(author.slug)} className="byline-name" rel="author">
              <bdi lang="">{author.name}</bdi>
            </Link>
            {author.location !== null && (
              <span className="byline-location">
                <bdi lang="">{author.location}</bdi>
              </span>
            )}
            <span className="byline-date">
              {article.publishedAt === null ? texts.notPublished : <Day time={article.publishedAt} />}
            </span>
          </div>
          {article.viewerCanEdit && (
            <Link className="button" href={paths.edit(article.slug)}>
              {texts.editArticle}
            </Link>
          )}
        </div>
      </header>
      {/* The service has sanitised the HTML. */}
      <div className="prose" lang="" dangerouslySetInnerHTML={{ __html: article.bodyHtml }} />
      {article.contactAddressCount > 0 && (
        <ContactAddresses
          slug={article.slug}
          count={article.contactAddressCount}
          addresses={article.viewerContactAddresses}
        />
      )}
      {article.signatures.length > 0 && <Signatures signatures={article.signatures} />}
      {article.canonicalUrl !== null && (
        <p className="article-origin">
          {texts.firstPublished} <a href={article.canonicalUrl}>{new URL(article.canonicalUrl).host}</a>
        </p>
      )}
      {article.tags && article.tags.length > 0 && <TagList tags={article.tags} />}
    </article>
  );
}

function Signatures({ signatures }: Pick<ArticleTextFragment, 'signatures'>) {
  return (
    <section className="signatures" aria-labelledby="signatures">
      <h2 id="signatures">{texts.signedBy(formatNumber(signatures.length))}</h2>
      <ul>
        {signatures.map(({ name, role, organisation }, index) => (
          <li key={index}>
            <span className="signature-name">
              <bdi lang="">{name}</bdi>
            </span>
            <span className="signature-role">
              {[role, organisation].filter(Boolean).map((part, at) => (
                <Fragment key={at}>
                  {at > 0 && ', '}
                  <bdi lang="">{part}</bdi>
                </Fragment>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
