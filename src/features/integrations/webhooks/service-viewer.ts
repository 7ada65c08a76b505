import type { Viewer } from '../../../platform/auth/viewer.ts';
import { deliveredLogs } from './delivered-log.ts';
import type { WebhookLog } from './webhook.policy.ts';
import type { ServiceViewerRow } from './webhook.queries.ts';

/** A service account as the viewer of what its endpoints are sent: it reads, as with a token for that alone. */
export const serviceViewer = (account: ServiceViewerRow, log: WebhookLog): Viewer => ({
  ...account,
  sessionId: 'webhook',
  unconfirmed: false,
  token: { id: 'webhook', scopes: deliveredLogs[log].scopes, isService: true },
});
