import { Socket } from 'node:net';
import pg from 'pg';
import { Database } from '../../src/platform/db/database.ts';
import { type Bus, LocalBus } from '../../src/platform/events/bus.ts';
import { EventLog } from '../../src/platform/events/log.ts';
import { RedisBus } from '../../src/platform/events/redis-bus.ts';
import { siteLog } from '../../src/features/integrations/site-log/site-log.ts';
import { RelayService } from '../../src/features/integrations/site-log/relay.service.ts';
import { around } from './around.ts';

/** The moments in the processing of a comment, and of events on their way to the site's log, at which a service can be killed, in their order. */
export const killPoints = [
  'before-append',
  'before-commit',
  'during-commit',
  'before-hint',
  'after-hint',
  'before-answer',
  'before-delivery',
  'during-delivery',
  'before-relay',
  'during-relay-commit',
  'before-site-hint',
  'after-site-hint',
] as const;
export type KillPoint = (typeof killPoints)[number];

let armed: { readonly point: KillPoint; passes: number } | undefined;

/** Kills the process at pass number `passes` of the point, counted from now. */
export function killAt(point: KillPoint, passes: number): void {
  if (armed === undefined) patch();
  armed = { point, passes };
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function isDue(point: KillPoint): boolean {
  return armed?.point === point && --armed.passes === 0;
}

function passes(point: KillPoint): void {
  if (isDue(point)) die();
}

/** The driver's queries, also those that it sends as a group. */
interface Queries {
  readonly text: string;
  submit(...args: unknown[]): unknown;
}

function patch(): void {
  around(EventLog.prototype, 'appendAll', (appendAll) => {
    return async function (this: EventLog, ...args) {
      passes('before-append');
      const sequence = await appendAll.apply(this, args);
      passes('before-commit');
      return sequence;
    };
  });
  around(pg.Query.prototype as unknown as Queries, 'submit', (submit) => {
    return function (this: Queries, ...args) {
      const result = submit.apply(this, args);
      // The server has received the COMMIT, and its answer will not be read.
      const point = relaying > 0 ? 'during-relay-commit' : 'during-commit';
      if (this.text === 'COMMIT' && isDue(point)) setImmediate(die);
      return result;
    };
  });
  for (const prototype of [LocalBus.prototype, RedisBus.prototype] as Bus[]) {
    around(prototype, 'hint', (hint) => {
      return function (this: Bus, ...args) {
        const isOfSite = args[0] === siteLog.keyOf();
        passes(isOfSite ? 'before-site-hint' : 'before-hint');
        hint.apply(this, args);
        passes(isOfSite ? 'after-site-hint' : 'after-hint');
      };
    });
  }
  around(Database.prototype as Transactions, 'transactionFor', (transactionFor) => {
    return async function (this: Transactions, ...args) {
      const value = await transactionFor.apply(this, args);
      passes('before-answer');
      return value;
    };
  });
  around(RelayService.prototype, 'relay', (relay) => {
    return async function (this: RelayService, ...args) {
      passes('before-relay');
      relaying += 1;
      return relay.apply(this, args).finally(() => (relaying -= 1));
    };
  });
  patchDelivery();
}

/** Number of steps of the relay that are under way. Commits of writers meanwhile count as theirs. */
let relaying = 0;

interface Transactions {
  transactionFor(...args: unknown[]): Promise<unknown>;
}

interface Writes {
  write(...args: unknown[]): unknown;
}

const nextMessage = '"type":"next"';

/** Patches the socket itself, independently of the library that writes the frames. */
function patchDelivery(): void {
  around(Socket.prototype as Writes, 'write', (write) => {
    return function (this: Writes, ...args) {
      const [chunk] = args;
      const delivers = (typeof chunk === 'string' || Buffer.isBuffer(chunk)) && chunk.includes(nextMessage);
      if (!delivers) return write.apply(this, args);
      passes('before-delivery');
      const result = write.apply(this, args);
      // After this socket's frame is written, and before those of most others.
      if (isDue('during-delivery')) queueMicrotask(die);
      return result;
    };
  });
}
