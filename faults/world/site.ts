import { mkdir, rm } from 'node:fs/promises';
import type { Post } from '../check/history.ts';
import { findRedis } from '../../harness/servers/binaries.ts';
import type { Postgres } from '../../harness/servers/postgres.ts';
import { Redis } from '../../harness/servers/redis.ts';
import { ServiceNode } from './service-node.ts';
import type { Template } from './template.ts';

/** Dedicated servers and nodes. Starting a node takes seconds of CPU time, so scenarios may share a site. */
export class Site {
  readonly postgres: Postgres;
  readonly signedIn: Template['signedIn'];
  /** Posts of earlier scenarios on this site. */
  readonly posts: Post[] = [];
  readonly #folder: string;
  readonly #redis: Redis | undefined;
  #isClosed = false;
  readonly #nodes: { readonly node: ServiceNode; readonly settings: string }[] = [];

  private constructor(folder: string, { signedIn }: Template, postgres: Postgres, redis: Redis | undefined) {
    this.#folder = folder;
    this.signedIn = signedIn;
    this.postgres = postgres;
    this.#redis = redis;
  }

  static async open(folder: string, template: Template): Promise<Site> {
    await mkdir(folder, { mode: 0o755 });
    const redis = (await findRedis()) === undefined ? undefined : await Redis.create(folder);
    const site = new Site(folder, template, await template.postgres.copyTo(folder), redis);
    await site.postgres.start();
    await redis?.server.start();
    return site;
  }

  /** Redis between the nodes. @throws Error where it is not installed */
  get redis(): Redis {
    if (!this.#redis) throw new Error('redis-server is not installed');
    return this.#redis;
  }

  /**
   * Running nodes with these settings; existing ones are reused first.
   * @param settings by their names in the environment
   */
  nodes(count: number, settings: Record<string, string>): Promise<ServiceNode[]> {
    const all = { ...settings, ...(this.#redis ? { REDIS_URL: this.#redis.url } : {}) };
    const name = JSON.stringify(all);
    const present = this.#nodes.filter((other) => other.settings === name).map(({ node }) => node);
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const found = present[index];
        if (found) return found;
        if (this.#isClosed) throw new Error('The site is closed');
        const node = await ServiceNode.create(this.postgres.url, all);
        this.#nodes.push({ node, settings: name });
        await node.start();
        return node;
      }),
    );
  }

  async removeNodes(): Promise<void> {
    await Promise.all(this.#nodes.splice(0).map(({ node }) => node.remove()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.removeNodes();
    await this.postgres.server.stop('SIGQUIT');
    await this.#redis?.server.stop('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
