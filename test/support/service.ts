import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

const root = join(import.meta.dirname, '../..');

/** Time limits that a busy machine does not exceed. */
const patient = {
  DATABASE_WAIT_MS: '20000',
  DATABASE_LOCK_TIMEOUT_MS: '9000',
  PASSWORD_HASH_WAIT_MS: '60000',
};

/** The service as a process of its own, as `npm start` runs it. */
export class Service {
  readonly process: ChildProcess;
  output = '';
  /** The exit code or signal, once the process has ended and its output has been read. */
  readonly exited: Promise<number | string>;

  constructor(env: Record<string, string>) {
    this.process = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: root,
      // The environment of this process is not inherited: a new user has none of it.
      env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'warn', ...patient, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exited = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve(code ?? signal ?? ''));
    });
  }

  /** Waits until the service reports to be ready. */
  ready(): Promise<string> {
    return eventually(
      `the service to be ready; its output: ${this.output}`,
      () => /GraphQL and its explorer +(\S+)\/graphql/.exec(this.output)?.[1],
      90_000,
    );
  }

  /** The operation that signs in a reader of the demo, whose password the output shows. */
  async demoSignIn(): Promise<{ query: string; variables: Record<string, unknown> }> {
    const password = await eventually(
      'the password of the demo',
      () => /Their password +(\S{20,})/.exec(this.output)?.[1],
    );
    return {
      query: 'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
      variables: { input: { email: 'reader@example.org', password } },
    };
  }

  async post(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<any> {
    const response = await fetch(`${await this.ready()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async end(signal: NodeJS.Signals): Promise<number | string> {
    this.process.kill(signal);
    return this.exited;
  }
}
