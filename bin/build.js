// `npm run build`: compiles the service, the client and the reader's page into dist/, and notes when it began.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inUseBy, root, run, stamp } from './checkout.js';

const pid = inUseBy();
if (pid !== undefined) {
  process.stderr.write(
    `dist/ is not rebuilt: a service runs on it (process ${pid}), and serves the files of its page. Stop the service first.\n`,
  );
  process.exit(1);
}
const begun = new Date().toISOString();
for (const script of ['build:service', 'build:client', 'build:web']) run(script);
mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(stamp, `${begun}\n`);
