import { readOnlyState, sqlState } from './database.ts';
import { BusyError } from '../fairness/shares.ts';

/** Node's codes for a server that can't be reached, and PostgreSQL's classes for one that can't serve now. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOENT',
]);
const unavailableStates = /^(08|53|57|58)/;

/**
 * PostgreSQL's codes for a deadlock and a conflict, in which a transaction has lost at every attempt; a lock timeout, a
 * transaction that was idle too long, and a write on a read-only server, as a primary is during a failover.
 */
const unavailableNow = new Set(['40P01', '40001', '55P03', '25P03', readOnlyState]);

/** Whether the database could not be reached, did not answer in time, or let others go first: the same may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const code = sqlState(error) ?? '';
  if (error instanceof BusyError) return true;
  if (unreachable.has(code) || unavailableStates.test(code) || unavailableNow.has(code)) return true;
  // The driver has no codes for these.
  const message = error instanceof Error ? error.message : '';
  return /timeout exceeded when trying to connect|Query runner already released|not currently accepting connections|Query read timeout|Connection terminated|Driver not Connected|connection timeout|Client has encountered a connection error/i.test(
    message,
  );
}
