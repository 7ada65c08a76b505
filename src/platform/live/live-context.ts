import { ClientLimits, RateLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import { AnswerSize, type AnswerShare } from '../graphql/answer-size.ts';
import type { Context, Loaders } from '../graphql/context.ts';

/** The most bytes that are sent of one event. */
export const maxEventBytes = 2 * 1024 * 1024;

/** Subscriptions change nothing, so nothing is counted while an event is rendered. */
const unlimited = new ClientLimits(new RateLimits(undefined), { viewer: null, address: '' });

/** The context in which one event is rendered. */
export function liveContext(viewer: Viewer | null, loaders: Loaders, share?: AnswerShare): Context {
  return { viewer, loaders, address: '', limits: unlimited, answer: new AnswerSize(maxEventBytes, share) };
}
