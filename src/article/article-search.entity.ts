import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ArticleEntity } from './article.entity.ts';

/**
 * What published articles are found by. A table of its own: a generated column would confuse TypeORM's comparison, and
 * an edit of the text would rewrite the row that lists show.
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

  /** The head, and with weight D the text and who signed it: for finding. */
  @Column({ type: 'tsvector' })
  document!: string;
}

/**
 * The words of tags and of journalists' names, that typing errors are put right by. Words are never taken out: one that
 * no article has any more leads nowhere. Its index of trigrams stands in the migration: TypeORM can't say it.
 */
@Entity('search_word')
@Index('search_word_similar_idx', { synchronize: false })
export class SearchWordEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'search_word_pk' })
  word!: string;
}
