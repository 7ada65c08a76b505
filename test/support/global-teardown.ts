import { rm } from 'node:fs/promises';
import { onDatabase, serverUrl } from './database.ts';

/** Drops the run's databases, including those that a failed test left, and stops what the setup started. */
export default async function teardown(): Promise<void> {
  const template = process.env.TEST_TEMPLATE ?? '';
  await onDatabase(serverUrl(), async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [template],
    );
    for (const { datname } of rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
  });
  await globalThis.embeddedTestServer?.stop();
  await rm(process.env.TEST_FOLDER ?? '', { recursive: true, force: true });
}
