import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Child } from './child.ts';

/** The secret with which both sides verify tokens. */
export const sessionSecret = 'only the benches know and use this secret';

/** The public URL of both sides, so that their links are equal. */
export const publicUrl = 'https://standfirst.example';

/** The flags of `npm start`. */
export const startFlags = ['--max-semi-space-size=32'];

/** The server of one side of a comparison. */
export interface RunningServer {
  /** Name of the side. */
  readonly name: string;
  readonly process: Child;
  /** Without a path. */
  readonly url: string;
  /** Number of processes that answer requests, if there are several. */
  readonly workers?: number;
}

/** Starts the service as `npm start` does, with default settings except the given ones, and a quiet log. */
export async function startService(
  name: string,
  databaseUrl: string,
  options: {
    poolSize: number;
    env?: Record<string, string>;
    execArgv?: readonly string[];
    /** Absent: the service's own program. */
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
    execArgv: [...startFlags, '--import', preload, ...(options.execArgv ?? [])],
  });
  const url = await child.printed(/GraphQL and its explorer +(\S+)\/graphql/);
  return { name, process: child, url };
}

/** The service with other settings. */
export interface ServiceVariant {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Starts the service, and once more with each variant's settings.
 * @param settings common to all of them
 * @param children collects every process, to be stopped
 * @returns the service with its defaults, and the variants
 */
export async function startServices(
  databaseUrl: string,
  options: {
    readonly poolSize: number;
    readonly variants: readonly ServiceVariant[];
    /** Options of node. */
    readonly execArgv?: readonly string[];
  },
  settings: Record<string, string>,
  children: Child[],
): Promise<{ service: RunningServer; variants: readonly RunningServer[] }> {
  const { poolSize, execArgv = [] } = options;
  const service = await startService('Standfirst', databaseUrl, { poolSize, env: settings, execArgv });
  children.push(service.process);
  const variants: RunningServer[] = [];
  for (const { name, settings: own } of options.variants) {
    const env = { ...settings, ...own };
    const variant = await startService(name, databaseUrl, { poolSize, env, execArgv });
    children.push(variant.process);
    variants.push(
      own.WORKERS === undefined
        ? variant
        : { ...variant, workers: Number(own.WORKERS) || availableParallelism() },
    );
  }
  return { service, variants };
}
