import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../platform/config/config.ts';
import type { Feature } from '../platform/feature/feature.ts';
import type { MailTransport } from '../platform/mail/transport.ts';
import type { Provider } from '../platform/payments/provider.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Peers } from '../platform/workers/peers.ts';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly logger: FastifyBaseLogger;
  readonly clock?: Clock;
  /** The folder of the built readers' page; absent: the service has no page. */
  readonly webRoot?: string;
  /** The folder of the demo's pictures; absent: none are served. */
  readonly demoPictures?: string | undefined;
  /** The other workers of the same node; absent: this process is the whole node. */
  readonly peers?: Peers | undefined;
  /** Who moves money, instead of the provider that the settings choose. */
  readonly payments?: Provider | undefined;
  /** The folder of the embedded database; absent: the database is not embedded. */
  readonly folder?: string | undefined;
  /** What takes mails, instead of what the settings choose. */
  readonly mailTransport?: MailTransport | undefined;
  /** The most addresses of one sitemap; absent: as many as there may be. */
  readonly sitemapPartSize?: number | undefined;
  /** The features of the service; absent: all features. */
  readonly features?: readonly Feature[];
}
