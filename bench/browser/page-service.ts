import 'reflect-metadata';
import { createApp } from '../../src/app/app.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import { createLogger } from '../../src/platform/log/logger.ts';

/*
 * Starts the service as `src/main.ts` does, with a page that was built for the benches: `src/main.ts` uses the page of
 * `npm run build`, which may be rebuilt at any time.
 */

const {
  DATABASE_URL: databaseUrl = '',
  SESSION_SECRET: sessionSecret = '',
  PAGE_ROOT: webRoot = '',
} = process.env;
const config = parseConfig(process.env);
const logger = createLogger({ level: config.logLevel, pretty: false });
const app = await createApp({ config, logger, webRoot, databaseUrl, sessionSecret });
const address = await app.listen();
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
process.stdout.write(`GraphQL and its explorer ${address}/graphql\n`);
