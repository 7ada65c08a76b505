/** WebSocket class of a browser, of Node.js or of the package `ws`. */
export type WebSocketClass = new (url: string, protocols?: string) => object;

/** The members of a socket that are used besides graphql-ws. */
export interface Socket {
  readonly readyState: number;
  send(data: string): void;
  close(): void;
  addEventListener(type: 'error', listener: () => void): void;
  /** `ws` only: closes without waiting for the peer. */
  terminate?(): void;
}

export const openState = 1;

/** @throws TypeError where the platform has no WebSocket and none was given */
export function platformWebSocket(): WebSocketClass {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
  if (!WebSocket)
    throw new TypeError('There is no WebSocket here: give one as `webSocketImpl`, such as that of `ws`');
  return WebSocket;
}

/** Subclass that passes each new WebSocket to `created` before it opens. */
export function observed(Implementation: WebSocketClass, created: (socket: Socket) => void): WebSocketClass {
  return class extends Implementation {
    constructor(url: string, protocols?: string) {
      super(url, protocols);
      const socket = this as unknown as Socket;
      // graphql-ws removes its own listener from a socket that it terminates; an unhandled `error` event would end
      // Node.js.
      socket.addEventListener('error', () => undefined);
      created(socket);
    }
  };
}

/**
 * @param url of the service's GraphQL endpoint: `ws`, `wss`, `http` or `https`; in a browser also relative to the page
 * @throws TypeError for anything else
 */
export function socketUrl(url: string): string {
  const { location } = globalThis as { location?: { href?: string } };
  const parsed = URL.canParse(url, location?.href) ? new URL(url, location?.href) : undefined;
  const protocol = parsed?.protocol.replace(/^http/, 'ws');
  if (!parsed || !/^wss?:$/.test(protocol ?? ''))
    throw new TypeError(`Not an address such as wss://example.org/graphql: ${JSON.stringify(url)}`);
  return parsed.href.replace(/^http/, 'ws');
}
