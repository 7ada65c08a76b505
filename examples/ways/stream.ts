// Prints each event of the site as it happens, and keeps its position: it goes on there after a cut, and after a restart.
// node stream.ts [FILE]
import { createLiveClient } from '@standfirst/client';
import WebSocket from 'ws';
// This has read what was missed, in pages.
import { address, catchUp, fields, handle, keptCursor, type SiteEvent } from './poll.ts';

// The client resumes by itself, with pauses that grow, and notices a connection that is dead.
const live = createLiveClient({
  url: `${address}/graphql`,
  webSocketImpl: WebSocket,
  token: () => process.env.STANDFIRST_TOKEN,
});
const listening = live.site<{ siteEvents: SiteEvent }>({
  cursor: await keptCursor(),
  document: `subscription ($after: EventCursor) { siteEvents(after: $after) { ${fields} } }`,
  onEvent: handle,
  // A stream begins anew when it would have to send more than 1,000 missed events. Pages have all of them.
  onReset: catchUp,
  onState: ({ status }) => console.error(status),
});

// Final: the service refuses the subscription.
throw new Error(JSON.stringify(await listening.ended));
