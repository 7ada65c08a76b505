import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchOptions } from '../options.ts';
import { Child } from './child.ts';

/** The secret that both sides check tokens with. */
export const sessionSecret = 'only the benches know and use this secret';

/** Where both sides say that readers reach them, so that their links are the same. */
export const publicUrl = 'https://standfirst.example';

/** A server that one side of a comparison is measured on. */
export interface RunningServer {
  /** What the side is called. */
  readonly name: string;
  readonly process: Child;
  /** Without a path. */
  readonly url: string;
}

/** Starts the service as `npm start` does, with its default settings but for those given, and quiet. */
export async function startService(
  name: string,
  databaseUrl: string,
  options: {
    poolSize: number;
    env?: Record<string, string>;
    execArgv?: readonly string[];
    /** Absent: the service's own. */
    program?: string;
  },
): Promise<RunningServer> {
  const preload = pathToFileURL(join(import.meta.dirname, 'report-cpu.js')).href;
  const child = new Child(options.program ?? 'src/main', {
    env: {
      PORT: '0',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_SIZE: String(options.poolSize),
      SESSION_SECRET: sessionSecret,
      PUBLIC_URL: publicUrl,
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    execArgv: ['--import', preload, ...(options.execArgv ?? [])],
  });
  const url = await child.printed(/GraphQL and its explorer +(\S+)\/graphql/);
  return { name, process: child, url };
}

/**
 * Starts the service, and once more with each of the settings it is to be compared under.
 * @param settings of all of them
 * @param children gets every process, to be stopped
 * @returns the service with its defaults, and the others
 */
export async function startServices(
  databaseUrl: string,
  options: Pick<BenchOptions, 'poolSize' | 'variants'>,
  settings: Record<string, string>,
  children: Child[],
): Promise<{ service: RunningServer; variants: readonly RunningServer[] }> {
  const { poolSize } = options;
  const service = await startService('Standfirst', databaseUrl, { poolSize, env: settings });
  children.push(service.process);
  const variants: RunningServer[] = [];
  for (const [name, value] of options.variants) {
    const env = { ...settings, [name]: value };
    const variant = await startService(`${name}=${value}`, databaseUrl, { poolSize, env });
    children.push(variant.process);
    variants.push(variant);
  }
  return { service, variants };
}
