import { join } from 'node:path';
import { register } from 'tsx/esm/api';

/* From here on this process imports TypeScript, as tests do. */
register({ tsconfig: join(import.meta.dirname, 'tsconfig.run.json') });
