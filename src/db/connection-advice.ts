import { sqlState } from './database.ts';

/** What is wrong with `DATABASE_URL`, by the SQLSTATE of a connection that was refused. */
const refused: Readonly<Record<string, string>> = {
  '28000': 'The server does not take its user',
  '28P01': 'The server does not take its user and password',
  '3D000': 'Its server has no such database',
  '42501': 'Its user may not use the database',
};

/** The same where the driver gives up before the server says anything; it has messages alone. */
const givenUp: readonly (readonly [RegExp, string])[] = [
  [/password must be a (non-empty )?string/, 'It has no password, and the server asks for one'],
  [/does not support SSL/, 'The server does not encrypt: sslmode=disable says that the network is your own'],
  [
    /certificate|altnames/i,
    'The certificate of the server can not be verified: sslrootcert names the authority that signed it',
  ],
];

/** What somebody can do whose connection to the database is refused; undefined: the error is another one. */
export function connectionAdvice(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : '';
  const advice = refused[sqlState(error) ?? ''] ?? givenUp.find(([pattern]) => pattern.test(message))?.[1];
  return advice === undefined ? undefined : `DATABASE_URL: ${advice} (${message}).`;
}
