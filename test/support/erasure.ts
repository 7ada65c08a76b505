import { features } from '../../src/app/features.ts';
import { erasuresOf } from '../../src/platform/feature/gather.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import { ErasureService } from '../../src/features/people/erasure/erasure.service.ts';
import { EventLog } from '../../src/platform/events/log.ts';
import type { Erasure } from '../../src/platform/feature/erasure.ts';
import type { TestApp } from './app.ts';

/** Erases accounts of a service, as the command does with the default settings. */
export const erasureOf = (
  { app: { db, bus } }: TestApp,
  {
    log = new EventLog(bus),
    settings = {},
    first = {},
  }: {
    log?: EventLog;
    settings?: Record<string, string>;
    /** Steps that come before those of the features. */
    first?: Erasure;
  } = {},
): ErasureService =>
  new ErasureService({ db, log, erasures: [first, ...erasuresOf(features, parseConfig(settings))] });
