import type { Viewer } from '../auth/viewer.ts';
import type { StreamItem } from '../events/event.ts';

/** A subscription that is kept, and shows events for as long as it is. */
export interface EventDocument {
  readonly text: string;
  /** The fields that it may subscribe to, such as `siteEvents`. */
  readonly fields: readonly string[];
}

/** Shows events by subscriptions that nobody is connected for. */
export interface EventShower {
  /**
   * Checks a subscription by the limits of live connections. It takes no variables.
   * @param viewerOf as whom the events of a field will be shown
   * @returns its field
   * @throws RequestError with the reason for which it can't be kept
   */
  check(document: EventDocument, viewerOf: (field: string) => Viewer): Promise<string>;
  /**
   * Shows an event as it is now.
   * @returns the data
   * @throws the first error
   */
  show(document: Pick<EventDocument, 'text'>, item: StreamItem, viewer: Viewer): Promise<object>;
}
