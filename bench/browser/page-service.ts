import 'reflect-metadata';
import { App } from '../../src/app/app.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createLogger } from '../../src/log/logger.ts';

/*
 * The service as `src/main.ts` starts it, with a page that was built for the benches: that one looks for it beside the
 * compiled files of `npm run build`, which anybody may be building anew meanwhile.
 */

const {
  DATABASE_URL: databaseUrl = '',
  SESSION_SECRET: sessionSecret = '',
  PAGE_ROOT: webRoot = '',
} = process.env;
const config = parseConfig(process.env);
const logger = createLogger({ level: config.logLevel, pretty: false });
const app = await App.create({ config, logger, webRoot, databaseUrl, sessionSecret });
const address = await app.listen();
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
process.stdout.write(`GraphQL and its explorer ${address}/graphql\n`);
