import { sqlState } from './database.ts';

/** Faults of `DATABASE_URL` by the SQLSTATE with which the server refuses a connection. */
const refused: Readonly<Record<string, string>> = {
  '28000': 'The server does not accept the user',
  '28P01': 'The server does not accept the user and password',
  '3D000': 'The server has no such database',
  '42501': 'The user may not use the database',
};

/** The same for errors of the driver before the server answers; these have a message and no code. */
const givenUp: readonly (readonly [RegExp, string])[] = [
  [/password must be a (non-empty )?string/, 'The URL has no password, and the server requires one'],
  [/does not support SSL/, 'The server does not support TLS: set sslmode=disable if the network is your own'],
  [
    /certificate|altnames/i,
    'The certificate of the server can not be verified: sslrootcert names the authority that signed it',
  ],
];

/** Advice to an operator whose connection to the database is refused; undefined for any other error. */
export function connectionAdvice(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : '';
  const advice = refused[sqlState(error) ?? ''] ?? givenUp.find(([pattern]) => pattern.test(message))?.[1];
  return advice === undefined ? undefined : `DATABASE_URL: ${advice} (${message}).`;
}
