// A site with logins of its own, whose readers comment without a second one: node examples/host-site.mjs [ADDRESS] [PORT]
// It prints the setting with which the service believes it. Whoever opens its page is signed in as "Ida Example".
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const [address = 'http://127.0.0.1:4000', port = '4500'] = process.argv.slice(2);
const server = createServer().listen(Number(port), '127.0.0.1');
await once(server, 'listening');
const site = `http://127.0.0.1:${server.address().port}`;

// #region site
// 1. The key pair of the site. Its public half is at an address that the service reads.
const { privateKey, publicKey } = await generateKeyPair('ES256');
const kid = randomUUID();
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] };

// 2. For the reader whom the site has signed in: valid for a minute, and once.
const sign = (reader) =>
  new SignJWT({ name: reader.name, email: reader.email, email_verified: reader.hasConfirmedEmail })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(site)
    .setAudience('standfirst')
    .setSubject(reader.id)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(privateKey);

// 3. In the reader's browser: the token is exchanged for a session.
const page = (token) => `<!doctype html>
<title>The News</title>
<p>Signing in …</p>
<script type="module">
  const query = \`mutation ($input: SignInWithTokenInput!) {
    signInWithToken(input: $input) { session { accessToken } viewer { name } userErrors { message } }
  }\`;
  const response = await fetch(${JSON.stringify(`${address}/graphql`)}, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input: { token: ${JSON.stringify(token)} } } }),
  });
  const { viewer, userErrors } = (await response.json()).data.signInWithToken;
  document.querySelector('p').textContent = viewer ? 'Signed in as ' + viewer.name : userErrors[0].message;
</script>`;
// #endregion site

const reader = { id: '17', name: 'Ida Example', email: 'ida@example.org', hasConfirmedEmail: true };

server.on('request', async ({ url }, response) => {
  if (url === '/jwks.json')
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks));
  if (url !== '/') return response.writeHead(404).end();
  // A real site has looked at its own cookie by now. The page has a token: nobody else may be given it.
  response.setHeader('content-type', 'text/html; charset=utf-8').setHeader('cache-control', 'no-store');
  response.end(page(await sign(reader)));
});

const settings = {
  id: 'news',
  name: 'The News',
  issuer: site,
  audience: 'standfirst',
  algorithm: 'ES256',
  jwksUrl: `${site}/jwks.json`,
};
console.log(`ALLOWED_ORIGINS=${site} HOST_TOKEN_ISSUERS='${JSON.stringify([settings])}' npm start`);
process.once('SIGTERM', () => process.exit(0));
