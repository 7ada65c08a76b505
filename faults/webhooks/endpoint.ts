import type { SignedIn } from '../../harness/sessions.ts';
import { readAnswer } from '../clients/api.ts';
import type { ServiceNode } from '../world/service-node.ts';
import type { World } from '../world/world.ts';

const document = `subscription { siteEvents {
  ... on SiteArticleEvent { position articleId event { __typename sequence } } } }`;

interface Payload {
  readonly serviceAccount?: { readonly id: string };
  readonly secret?: string;
  readonly userErrors: readonly object[];
}

/** Sends one mutation as an administrator. @param fields what its payload is asked for */
async function mutate(
  node: ServiceNode,
  { token }: SignedIn,
  name: string,
  { input, fields }: { readonly input: object; readonly fields: string },
): Promise<Payload> {
  const inputType = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const response = await fetch(`${node.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${fields} userErrors { message } } }`,
      variables: { input },
    }),
  });
  const text = await response.text();
  const payload = readAnswer<Record<string, Payload>>(response.status, text).data?.[name];
  if (!payload || payload.userErrors.length > 0) throw new Error(`${name} was answered with ${text}`);
  return payload;
}

/** Makes an endpoint. @returns its secret, and the number of the site's newest event then */
export async function addEndpoint(
  world: World,
  node: ServiceNode,
  url: string,
): Promise<{ secret: string; begin: number }> {
  // What happened before must not reach the site's log between the making of the endpoint and the reading of its start.
  await world.untilRelayed();
  const administrator = world.signedIn.at(-1);
  if (!administrator) throw new RangeError('There are too few accounts');
  await world.query(`UPDATE account SET roles = ARRAY['READER', 'ADMINISTRATOR'] WHERE id = $1`, [
    administrator.accountId,
  ]);
  const { serviceAccount } = await mutate(node, administrator, 'createServiceAccount', {
    input: { name: 'Follower' },
    fields: 'serviceAccount { id }',
  });
  const { secret = '' } = await mutate(node, administrator, 'createWebhook', {
    input: { name: 'Follower', url, document, serviceAccountId: serviceAccount?.id },
    fields: 'secret',
  });
  const [row] = await world.query<{ begin: number }>('SELECT sequence::int AS begin FROM webhook');
  return { secret, begin: row?.begin ?? 0 };
}
