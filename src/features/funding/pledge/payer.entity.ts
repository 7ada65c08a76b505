import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { PledgeEntity } from './pledge.entity.ts';

/**
 * Who made a pledge that was collected, or was to be, when the account was erased. Kept for accounting, read by
 * `npm run funding payers` alone, and removed when its time is over or the pledge was dropped.
 */
@Entity('payer')
@ForeignKey(() => PledgeEntity, ['articleId', 'pledgeId'], ['articleId', 'id'], { name: 'payer_pledge_fk' })
@Index('payer_retain_idx', ['retainUntil'])
export class PayerEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'payer_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'payer_pk' })
  pledgeId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'timestamptz' })
  retainUntil!: Date;
}
