import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';

/** What a moderator notes about an account, for moderators. */
@Entity('person_note')
@Check('person_note_text_check', 'char_length(text) BETWEEN 1 AND 2000')
@Index('person_note_person_idx', ['personId', 'id'])
@Index('person_note_author_idx', ['authorId'], { where: 'author_id IS NOT NULL' })
export class PersonNoteEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'person_note_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => AccountEntity, { name: 'person_note_person_fk' })
  personId!: string;

  /** Null: the moderator was erased. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'person_note_author_fk' })
  authorId!: string | null;

  @Column({ type: 'text' })
  text!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
