import { roles } from '../platform/auth/viewer.ts';
import { demoEmail } from '../features/demo/seed.ts';
import { fillRoute, pageRoutes } from '../platform/http/paths.ts';
import type { MailRoute } from '../platform/mail/mail.ts';

/** The article of the demo whose campaign runs. */
const demoPitch = 'the-last-boat-at-ten-past-eight';

/** What is said of the demo. */
export interface DemoNews {
  /** The password of its accounts. */
  readonly password: string;
  /** Whether it has campaigns. */
  readonly hasCampaigns: boolean;
}

/** What is said of a service that has started. */
export interface News {
  /** Its address, without a slash at its end. */
  readonly address: string;
  readonly hasPage: boolean;
  readonly mail: MailRoute;
  /** Undefined: nothing is said of a demo. */
  readonly demo: DemoNews | undefined;
}

/** Says where mails go; never the user or the password of a server. */
function mailLines({ mail, address, hasPage }: News): string[] {
  if (mail.to === 'server') return [`  Mails                      are sent through ${mail.server.host}`];
  if (mail.to === 'nowhere')
    return [
      '  Mails                      are off, because SMTP_URL is not set: no address is confirmed, no lost password',
      '                             replaced, and nobody is told of anything by mail',
    ];
  return [
    `  Mails                      are not sent, but written to ${mail.folder}`,
    ...(hasPage
      ? [`                             Administrators read them at ${address}${pageRoutes.mails}`]
      : []),
  ];
}

/**
 * Prints in one write, so that no line of the log comes in between, and a reader that waits for the first line has all.
 */
export function announce(news: News): void {
  const { address, hasPage, demo } = news;
  const lines = ['', '  Standfirst is ready.'];
  if (hasPage) lines.push(`  Reader's page              ${address}/`);
  lines.push(
    `  GraphQL and its explorer   ${address}/graphql`,
    `  Live events (WebSocket)    ${address.replace(/^http/, 'ws')}/graphql`,
    `  Health and metrics         ${address}/health/ready  ${address}/metrics`,
    ...mailLines(news),
  );
  if (demo) {
    lines.push(
      `  Demo accounts              ${roles.map(demoEmail).join(', ')}`,
      `  Their password             ${demo.password}`,
    );
    if (demo.hasCampaigns)
      lines.push(
        `  Demo campaign              ${address}${fillRoute(pageRoutes.article, { slug: demoPitch })}`,
        '                             Its backers are made up, and some arrive in the first ten minutes. No money moves.',
      );
  }
  process.stdout.write([...lines, '', ''].join('\n'));
}
