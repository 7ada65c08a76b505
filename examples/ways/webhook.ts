// Receives deliveries: checks each, keeps it as a file, and answers. What is to be done is done from there.
// STANDFIRST_WEBHOOK_SECRET=whsec_… node webhook.ts [PORT] [FOLDER]
import { randomUUID } from 'node:crypto';
import { link, unlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';

const [port = '8080', folder = '.'] = process.argv.slice(2);
const webhook = new Webhook(process.env.STANDFIRST_WEBHOOK_SECRET ?? '');
const maxBytes = 4 << 20;

/** @returns the status of the answer */
async function receive(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return 413;
    chunks.push(chunk);
  }
  // The bytes as they came: JSON that was read and written again has another signature.
  const body = Buffer.concat(chunks).toString();
  const { 'webhook-id': id } = request.headers as Record<string, string>;
  try {
    // In constant time, with each of several signatures, and not if the timestamp is more than five minutes off.
    webhook.verify(body, request.headers as Record<string, string>);
  } catch {
    return 401;
  }
  // Kept before the answer, in one step: what was accepted is not sent again. An event comes again if an answer was lost, and
  // then the file of its id is there already.
  const path = join(folder, `${id}.json`);
  const part = `${path}.${randomUUID()}`;
  await writeFile(part, body, { flush: true });
  try {
    await link(part, path);
    console.log(body);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(part);
  }
  return 204;
}

const server = createServer((request, response) => {
  void receive(request)
    .catch(() => 500)
    .then((status) => response.writeHead(status).end());
});
server.listen(Number(port), () => console.error(server.address()));
