import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const kinds = (names: string): string[] => [
  'ALTER TABLE mailed_link DROP CONSTRAINT IF EXISTS mailed_link_kind_check',
  `ALTER TABLE mailed_link ADD CONSTRAINT mailed_link_kind_check CHECK (kind IN (${names}))`,
];

/** Links that sign somebody in. The table is small: links end within a day. */
export class SignInLinks1796900000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['mailed_link'],
      statements: kinds(`'SIGN_UP', 'PASSWORD', 'EMAIL', 'SIGN_IN'`),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['mailed_link'],
      statements: [
        `DELETE FROM mailed_link WHERE kind = 'SIGN_IN'`,
        ...kinds(`'SIGN_UP', 'PASSWORD', 'EMAIL'`),
      ],
    });
  }
}
