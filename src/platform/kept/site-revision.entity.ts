import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A number that changes with everything public that no article's log tells of: names, pictures and roles of accounts,
 * bylines, names of tags. Triggers of these tables raise it.
 */
@Entity('site_revision')
@Check('site_revision_single', 'id')
export class SiteRevisionEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'site_revision_pk' })
  id!: boolean;

  @Column({ type: 'integer', default: 0 })
  revision!: number;
}
