import { once } from 'node:events';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';

/** A mail as the server has taken it. */
export interface TakenBySmtp {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly source: string;
  readonly parsed: ParsedMail;
}

const answer = (responseCode: number): Error =>
  Object.assign(new Error('an answer that names somebody@example.org'), { responseCode });

/** A real SMTP server on a port of its own, which tells what it has taken. */
export class TestSmtpServer {
  readonly taken: TakenBySmtp[] = [];
  /** What it answers to a recipient instead of taking the mail, by the address. */
  readonly answers = new Map<string, number>();
  /** What it answers to the contents of any mail; undefined: it takes them. */
  answerToData: number | undefined;
  /** Whether it leaves the sender of contents without an answer. */
  hangs = false;
  /** Called once the server has taken a mail: the sender has the answer when this resolves. */
  onTaken: () => Promise<unknown> = () => Promise.resolve();
  port = 0;
  readonly #options: SMTPServerOptions;
  #server: SMTPServer | undefined;

  constructor(options: SMTPServerOptions = {}) {
    this.#options = options;
  }

  /** Settings of a service that sends through this server. */
  get settings(): Record<string, string> {
    return { SMTP_URL: `smtp://127.0.0.1:${this.port}`, MAIL_FROM: 'The News <news@example.org>' };
  }

  /** Listens, on the same port as before if it did. */
  async start(): Promise<void> {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      closeTimeout: 100,
      ...this.#options,
      onRcptTo: ({ address }, _session, done) => {
        const code = this.answers.get(address);
        done(code === undefined ? null : answer(code));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.hangs) return;
          if (this.answerToData !== undefined) return done(answer(this.answerToData));
          const source = Buffer.concat(chunks).toString();
          const { mailFrom, rcptTo } = envelope;
          void simpleParser(source).then((parsed) => {
            this.taken.push({
              envelope: {
                from: mailFrom === false ? '' : mailFrom.address,
                to: rcptTo.map(({ address }) => address),
              },
              source,
              parsed,
            });
            void this.onTaken().then(() => done());
          });
        });
      },
    });
    // Connections that a client has cut.
    this.#server.on('error', () => undefined);
    this.port ||= await pickLastingPort();
    const listening = this.#server.listen(this.port, '127.0.0.1');
    await once(listening, 'listening');
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve());
    this.#server = undefined;
  }

  /** Recipients of what it has taken. */
  get recipients(): string[] {
    return this.taken.flatMap(({ envelope }) => envelope.to);
  }
}
