import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Child } from './child.ts';

/** The secret that both sides check tokens with. */
export const sessionSecret = 'only the benches know and use this secret';

/** Where both sides say that readers reach them, so that their links are the same. */
export const publicUrl = 'https://standfirst.example';

export interface RunningService {
  readonly process: Child;
  readonly url: string;
}

/**
 * Starts the service as `npm start` does, with its default settings but for the rate limits, and quiet.
 */
export async function startService(
  databaseUrl: string,
  options: { poolSize: number; env?: Record<string, string> },
): Promise<RunningService> {
  const preload = pathToFileURL(join(import.meta.dirname, 'report-cpu.js')).href;
  const child = new Child('src/main', {
    env: {
      PORT: '0',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_SIZE: String(options.poolSize),
      SESSION_SECRET: sessionSecret,
      PUBLIC_URL: publicUrl,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    execArgv: ['--import', preload],
  });
  const url = await child.printed(/GraphQL and its explorer +(\S+)\/graphql/);
  return { process: child, url };
}
