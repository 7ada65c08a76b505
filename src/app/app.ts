import type { AddressInfo } from 'node:net';
import { proofsOf } from '../features/people/credentials/account-services.ts';
import { EventLog } from '../platform/events/log.ts';
import type { Parts } from '../platform/feature/feature.ts';
import { assemble, gather } from '../platform/feature/gather.ts';
import { listen } from '../platform/http/listen.ts';
import { ownAddress } from '../platform/http/own-address.ts';
import { JobRunner } from '../platform/jobs/job-runner.ts';
import { Leases } from '../platform/jobs/leases.ts';
import { type Answers, openAnswers } from './answers.ts';
import { type Carriers, openCarriers } from './carriers.ts';
import { openGround } from './ground.ts';
import { identify } from './identity.ts';
import type { AppOptions } from './options.ts';

/** The running service. It is made of four parts: what all stands on, who asks, what answers, and what carries both. */
export type App = Awaited<ReturnType<typeof createApp>>;

/** Connects to the database; the app does not listen yet. */
export async function createApp(options: AppOptions) {
  const ground = await openGround(options);
  // Opens the connection of the readiness check early, while the database has free ones.
  await ground.readiness.check();
  const { config, db, hub, bus, dataSource, metrics, features, place, warn } = ground;
  const onJobError: Parts['onJobError'] = (job, error, about) => {
    metrics.countJobFailure(job);
    warn(error, 'a job failed; it is tried again', { job, ...about });
  };
  const identity = identify(ground);
  let answers: Answers | undefined;
  let carriers: Carriers | undefined;
  const parts: Parts = {
    ...gather(features, config),
    ...ground,
    ...identity,
    log: new EventLog(bus),
    payments: ground.payments.provider,
    paymentPages: ground.payments.pages,
    leases: new Leases({
      db: db.forNode('leases'),
      onError: (error) => warn(error, 'a heartbeat could not be written; another one follows'),
    }),
    eventShower: () => {
      if (!answers) throw new Error('The service does not listen yet');
      return answers.eventShower;
    },
    measures: metrics,
    onJobError,
  };
  const { resolvers, routes, jobs } = assemble(features, parts);
  const leaving = new AbortController();
  const runner = new JobRunner({
    ...parts,
    jobs,
    db: db.forNode('jobs'),
    onCommitted: (listener) => db.onCommitted(listener),
    onError: onJobError,
  });

  return {
    ...{ dataSource, db, hub, bus, metrics },

    /** @returns the address on which the app listens */
    async listen(): Promise<string> {
      answers = await openAnswers(ground, identity, { resolvers, proofs: proofsOf(parts) });
      carriers = await openCarriers(ground, identity, answers, { routes, leaving: leaving.signal });
      await listen(carriers.http, config);
      place.bound = carriers.http.server.address() as AddressInfo;
      const address = ownAddress(config.host, place.bound.port);
      place.site = config.publicUrl ?? address;
      ground.links.setBase(place.site);
      runner.start();
      return address;
    },

    /** Whether the service has a readers' page, known once it listens. */
    get hasPage(): boolean {
      return carriers?.hasPage ?? false;
    },

    /** Stops accepting work, completes the work under way, and releases all resources. */
    async close(): Promise<void> {
      leaving.abort();
      const worked = Promise.all([runner.stop(), identity.tokenUses.stop()]);
      await new Promise((resolve) => setTimeout(resolve, config.shutdownDelayMs));
      // HTTP is served during the delay: load balancers learn from the readiness probe to send no more requests.
      await ground.connections.drain();
      await carriers?.http.close();
      carriers?.sockets.close();
      ground.connections.close();
      identity.rightsWatch.close();
      await ground.leave();
      // Before the work on money has ended, which may wait long for a call that is under way.
      await ground.payments.close();
      await worked;
      await ground.close();
    },
  };
}
