import { roles } from '../auth/viewer.ts';
import { demoEmail } from '../demo/seed.ts';

/**
 * Prints in one write, so that no line of the log comes in between, and a reader that waits for the first line has all.
 */
export function announce(address: string, hasPage: boolean, demoPassword: string | undefined): void {
  const lines = ['', '  Standfirst is ready.'];
  if (hasPage) lines.push(`  Reader's page              ${address}/`);
  lines.push(
    `  GraphQL and its explorer   ${address}/graphql`,
    `  Live events (WebSocket)    ${address.replace(/^http/, 'ws')}/graphql`,
    `  Health and metrics         ${address}/health/ready  ${address}/metrics`,
  );
  if (demoPassword !== undefined) {
    lines.push(
      `  Demo accounts              ${roles.map(demoEmail).join(', ')}`,
      `  Their password             ${demoPassword}`,
    );
  }
  process.stdout.write([...lines, '', ''].join('\n'));
}
