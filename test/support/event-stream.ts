import { eventually } from './eventually.ts';

/** One block of an event stream, with the lines that it contains. */
export interface StreamBlock {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
  readonly retry?: string;
}

export interface StreamRequest {
  readonly query?: string;
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly method?: 'GET' | 'POST';
  /** The address; absent: that of event streams alone. */
  readonly path?: string;
}

/** Requests a stream as an `EventSource` does, or by POST as clients of the protocol do. */
export function fetchStream(url: string, request: StreamRequest, signal?: AbortSignal): Promise<Response> {
  const { query, variables = {}, headers = {}, method = 'GET', path = '/graphql/stream' } = request;
  const accept = { accept: 'text/event-stream' };
  const search = new URLSearchParams({
    ...(query === undefined ? {} : { query }),
    variables: JSON.stringify(variables),
  });
  return method === 'GET'
    ? fetch(`${url}${path}?${search.toString()}`, {
        headers: { ...accept, ...headers },
        ...(signal ? { signal } : {}),
      })
    : fetch(`${url}${path}`, {
        method,
        headers: { ...accept, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
        ...(signal ? { signal } : {}),
      });
}

/** A stream that is read as it arrives. */
export class EventStream {
  readonly response: Response;
  readonly blocks: StreamBlock[] = [];
  /** The whole received text. */
  text = '';
  /** Undefined while the stream is open. */
  ended: 'complete' | 'cut' | undefined;
  readonly #control: AbortController;

  private constructor(response: Response, control: AbortController) {
    this.response = response;
    this.#control = control;
    void this.#read();
  }

  static async open(url: string, request: StreamRequest): Promise<EventStream> {
    const control = new AbortController();
    return new EventStream(await fetchStream(url, request, control.signal), control);
  }

  /** The root field's value of every result, in order. */
  get events(): any[] {
    return this.blocks
      .filter(({ event }) => event === 'next')
      .flatMap(({ data = '{}' }) => Object.values((JSON.parse(data) as { data?: object }).data ?? {}));
  }

  /** The `Last-Event-ID` with which a browser would reconnect. */
  get lastEventId(): string | undefined {
    return this.blocks.findLast(({ id }) => id !== undefined)?.id;
  }

  async waitFor(count: number): Promise<any[]> {
    await eventually(
      () => `${count} events; has ${this.events.length}`,
      () => this.events.length >= count,
    );
    return this.events;
  }

  end(): Promise<string> {
    return eventually('the stream to end', () => this.ended);
  }

  abort(): void {
    this.#control.abort();
  }

  async #read(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) {
        const piece = decoder.decode(chunk as Uint8Array, { stream: true });
        this.text += piece;
        const parts = (rest + piece).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) this.blocks.push(blockOf(part));
      }
      this.ended = 'complete';
    } catch {
      this.ended = 'cut';
    }
  }
}

function blockOf(text: string): StreamBlock {
  const lines = text.split('\n').map((line) => /^(\w+): ?([^]*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1], line[2]]] : [])));
}
