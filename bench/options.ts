import { parseArgs } from 'node:util';
import { positive, UsageError, whole } from '../harness/options.ts';
import type { ServiceVariant } from '../harness/processes/service.ts';
import { type DataSize, dataSizes, threadSizes } from '../harness/data/size.ts';

const commands = [
  'data',
  'page',
  'pages',
  'connections',
  'threads',
  'post',
  'pledge',
  'live',
  'browser',
  'words',
] as const;
export type BenchCommand = (typeof commands)[number];

export const liveParts = [
  'delivery',
  'latency',
  'sustained',
  'memory',
  'return',
  'width',
  'unwatched',
  'site',
] as const;
export type LivePart = (typeof liveParts)[number];

/** In the order in which they are measured. */
export const browserParts = ['load', 'arrivals', 'whole', 'input'] as const;
export type BrowserPart = (typeof browserParts)[number];

type Part = LivePart | BrowserPart;
const allParts: readonly Part[] = [...liveParts, ...browserParts];

/** Options of a run. */
export interface BenchOptions {
  readonly commands: readonly BenchCommand[];
  readonly sizeName: keyof typeof dataSizes;
  readonly size: DataSize;
  readonly seed: number;
  /** Number of rounds; each round measures every side. */
  readonly rounds: number;
  /** Duration of each measurement, in seconds. */
  readonly seconds: number;
  /** Connections that read pages, each with one request under way. */
  readonly connections: number;
  /** Database connections of each side. */
  readonly poolSize: number;
  /** Parts of the benches of live events and of the page in a browser. */
  readonly parts: readonly Part[];
  /** Factor for the numbers of live subscribers. */
  readonly scale: number;
  readonly profile: boolean;
  /** Settings of the service, each of which is measured as a side of its own. */
  readonly variants: readonly ServiceVariant[];
  /** The folder for the reports. */
  readonly out: string;
}

export const usage = `Usage: npm run bench -- [data] [page] [pages] [connections] [post] [pledge] [live] [browser] [words] [options]     (default: page post)
       npm run bench -- threads [options]

  data  generates the data and drops it again
  page  the article page in one query, compared with one handwritten statement behind node:http
  pages  the front page, a journalist's page, a search and a link into the longest thread, compared in the same way with
         a service that keeps neither answers nor rows
  connections  the article page over 1 to 128 connections, as a plot (throughput.svg)
  threads  fifty comments of threads of 100 to 100,000 comments, with nothing kept, as a plot (thread-size.svg), and of one
         with deeper replies; measured alone, on data of its own
  post  adding comments, compared with the same transactions on bare pg
  pledge  pledges to one campaign until they count, compared with the same transactions on bare pg; the provider answers at
         once, in the service's process
  live  live events, compared with a bare broadcast of the same bytes and the stock recipe
  browser  the readers' page in Chromium under 20,000 comments, compared with a bare page of the same content;
           CHROMIUM selects the browser, and measurements of less than 10 s say little
  words  ten thousand words looked for in a text of ten thousand characters, compared with one expression of all words and with
         a set of words

  --rounds N       number of rounds; each measures every side (5)
  --seconds N      duration of each measurement (4)
  --connections N  clients that read pages (16)
  --pool N         connections to the database, of each side (20)
  --part NAME      of live: ${liveParts.join(', ')};
                   of browser: ${browserParts.join(', ')}; may be repeated (all)
  --scale X        times as many live subscribers (1)
  --size NAME      full or small (full)
  --seed N         of the data (1)
  --with NAME=VALUE  also measures the service with this setting, beside its defaults; may be repeated.
                   Not in live's width, unwatched and site. WORKERS=2 shows what a second process gives, where there are
                   cores for it besides those of the database and of the bench
  --out FOLDER     for the reports (bench/results)
  --profile        a CPU profile of the service, or of the page, by package and function, instead of figures

The database is created on the server of DATABASE_URL, or on an embedded one, and dropped at the end. Live events are announced
over REDIS_URL; without it the service polls every 50 ms. Each live server has up to 5,000 sockets: see \`ulimit -n\`.
`;

function variant(text: string): ServiceVariant {
  const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--with takes NAME=VALUE, not ${text}`);
  return { name: text, settings: { [name]: value } };
}

function part(text: string): Part {
  const found = allParts.find((name) => name === text);
  if (found === undefined) throw new UsageError(`--part takes ${allParts.join(', ')}, not ${text}`);
  return found;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '4' },
        connections: { type: 'string', default: '16' },
        pool: { type: 'string', default: '20' },
        size: { type: 'string', default: 'full' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: 'bench/results' },
        part: { type: 'string', multiple: true, default: [...allParts] },
        scale: { type: 'string', default: '1' },
        with: { type: 'string', multiple: true, default: [] },
        profile: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @returns undefined where only the usage text is requested
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const unknown = positionals.find((word) => !commands.some((command) => command === word));
  if (unknown !== undefined) throw new UsageError(`There is no bench called ${unknown}`);
  const { size } = values;
  if (size !== 'full' && size !== 'small') throw new UsageError(`--size takes full or small, not ${size}`);
  const chosen = commands.filter((command) => positionals.includes(command));
  if (chosen.includes('threads') && chosen.length > 1)
    throw new UsageError('threads is measured alone, because its data are others');
  return {
    commands: chosen.length > 0 ? chosen : ['page', 'post'],
    sizeName: size,
    size: chosen.includes('threads') ? threadSizes[size] : dataSizes[size],
    seed: whole('seed', values.seed),
    rounds: whole('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    connections: whole('connections', values.connections),
    poolSize: whole('pool', values.pool),
    parts: values.part.map(part),
    scale: positive('scale', values.scale),
    profile: values.profile,
    variants: values.with.map(variant),
    out: values.out,
  };
}
