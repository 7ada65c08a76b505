import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A file of a picture. The row is there before the file, and goes after it: whenever a process dies, a row tells of what is left.
 * It names no account; the account's `avatar_url` has the name.
 */
@Entity('picture_file')
@Index('picture_file_delete_idx', ['deleteAt'], { where: 'delete_at IS NOT NULL' })
export class PictureFileEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'picture_file_pk' })
  name!: string;

  /** When the file is to be deleted; null while an account shows it. */
  @Column({ type: 'timestamptz', nullable: true })
  deleteAt!: Date | null;
}
