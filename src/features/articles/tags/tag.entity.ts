import { Column, Entity, ForeignKey, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { ArticleEntity } from '../article/article.entity.ts';

/** A subject that articles share. */
@Entity('tag')
@Unique('tag_name_key', ['name'])
export class TagEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'tag_pk',
  })
  id!: string;

  @Column({ type: 'text' })
  name!: string;
}

/** A tag of an article; `position` is its place on the page. */
@Entity('article_tag')
@Unique('article_tag_key', ['tagId', 'articleId'])
export class ArticleTagEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'article_tag_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'article_tag_article_fk' })
  articleId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'article_tag_pk' })
  position!: number;

  @Column({ type: 'bigint' })
  @ForeignKey(() => TagEntity, { name: 'article_tag_tag_fk' })
  tagId!: string;
}
