import { roles } from '../auth/viewer.ts';
import { demoEmail } from '../demo/seed.ts';
import { fillRoute, pageRoutes } from '../http/paths.ts';

/** The article of the demo whose campaign runs. */
const demoPitch = 'the-last-boat-at-ten-past-eight';

/** What is said of the demo. */
export interface DemoNews {
  /** The password of its accounts. */
  readonly password: string;
  /** Whether it has campaigns. */
  readonly hasCampaigns: boolean;
}

/**
 * Prints in one write, so that no line of the log comes in between, and a reader that waits for the first line has all.
 */
export function announce(address: string, hasPage: boolean, demo: DemoNews | undefined): void {
  const lines = ['', '  Standfirst is ready.'];
  if (hasPage) lines.push(`  Reader's page              ${address}/`);
  lines.push(
    `  GraphQL and its explorer   ${address}/graphql`,
    `  Live events (WebSocket)    ${address.replace(/^http/, 'ws')}/graphql`,
    `  Health and metrics         ${address}/health/ready  ${address}/metrics`,
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
