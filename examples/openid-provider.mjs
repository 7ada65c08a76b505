// An OpenID provider on this machine, to try signing in with another site's login: node examples/openid-provider.mjs [PORT]
// Whatever name is typed there is believed; the password is ignored. Never run it where others can reach it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port = '4400'] = process.argv.slice(2);
const server = createServer().listen(Number(port), '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

// #region provider
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'standfirst',
      // Without a secret: PKCE proves that the same service asks. On loopback any port is the same client.
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['127.0.0.1', 'localhost'].map((host) => `http://${host}/sign-in/local/callback`),
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  cookies: { keys: ['only for a first look'] },
  findAccount: (_context, name) => ({
    accountId: name,
    claims: () => ({
      sub: name,
      name,
      email: `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@example.org`,
      email_verified: true,
      groups: name === 'Mod Example' ? ['moderators'] : [],
    }),
  }),
});

const settings = {
  id: 'local',
  name: 'the local provider',
  issuer,
  clientId: 'standfirst',
  roles: { claim: 'groups', values: { moderators: 'MODERATOR' } },
};
// #endregion provider

server.on('request', provider.callback());
console.log(`OIDC_ISSUERS='${JSON.stringify([settings])}' npm start`);
process.once('SIGTERM', () => process.exit(0));
