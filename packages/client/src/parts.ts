/** Everything that both entry points export beside `createLiveClient`. */
export { type Interruption, LiveError, type LiveErrorKind } from './live-error.ts';
export type { EndedState, Listening, LiveState, Reset, ResetReason } from './listening.ts';
export { type Session, SessionKeeper } from './session.ts';
export type {
  ArticleOptions,
  CommentsOptions,
  LiveClient,
  LiveClientOptions,
  ModerationOptions,
  SiteOptions,
  ViewerOptions,
} from './client.ts';
export type { EventOf, SubscriptionDocument, TypedDocument, UntypedEvent } from './document.ts';
