import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ArticleEntity } from '../article/article.entity.ts';

/**
 * Search vectors of published articles. A separate table, because a generated column would confuse TypeORM's schema
 * comparison, and because an edit of the text would rewrite the row that lists show.
 */
@Entity('article_search')
@Index('article_search_document_idx', ['document'], { type: 'gin' })
export class ArticleSearchEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'article_search_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'article_search_article_fk' })
  articleId!: string;

  /** Title (weight A), standfirst, tags and author (B): short enough to stay in the row, for ranking. */
  @Column({ type: 'tsvector' })
  head!: string;

  /** The head, and with weight D the text and the signatures; for matching. */
  @Column({ type: 'tsvector' })
  document!: string;
}

/**
 * Words of tags and of journalists' names, with which spelling mistakes in queries are corrected. Words are never
 * deleted: a correction to a word that no article has any more finds nothing. The trigram index is created in the
 * migration, because TypeORM cannot declare it.
 */
@Entity('search_word')
@Index('search_word_similar_idx', { synchronize: false })
export class SearchWordEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'search_word_pk' })
  word!: string;
}
