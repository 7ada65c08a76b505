import { RequestError } from '../../../platform/errors/errors.ts';
import { clientOf } from '../../../platform/auth/viewer.ts';
import type { Parts } from '../../../platform/feature/feature.ts';
import { ownDataPath } from '../../../platform/http/paths.ts';
import type { Routes } from '../../../platform/http/requests.ts';
import { AnswerPlaces, sendPieces } from '../../../platform/http/streamed-answer.ts';
import type { Proofs } from '../credentials/proof.service.ts';
import { personalDocument } from './personal-data.ts';

const busy = 'Data of accounts are being read already: try again.';

/**
 * Answers with all that the service holds of the account that asks, as a file to keep, one at a time. An answer that breaks off ends
 * without the last `}`.
 */
export function ownDataRoute({ db, config, requests, personalData, warn }: Parts, proofs: Proofs): Routes {
  // Each holds a page of rows.
  const places = new AnswerPlaces({ most: 16, mostOfAddress: 2, busy });
  const accounts = new Set<string>();
  return (app) => {
    app.get(ownDataPath, { exposeHeadRoute: false }, async (request, reply) => {
      const { viewer, limits } = await requests.person(request);
      const { accountId } = viewer;
      await proofs.require(viewer);
      await limits.useExport();
      if (accounts.has(accountId)) throw new RequestError('RATE_LIMITED', busy, { retryAfterSeconds: 10 });
      places.take(request, reply, () => accounts.delete(accountId));
      accounts.add(accountId);
      void reply
        .headers({
          'cache-control': 'no-store',
          'content-disposition': 'attachment; filename="standfirst-data.json"',
          'x-content-type-options': 'nosniff',
        })
        .type('application/json; charset=utf-8');
      return sendPieces(request, reply, personalDocument(personalData, db.of(clientOf(viewer)), accountId), {
        maxStallMs: config.maxAnswerStallMs,
        onFault: (error) => warn(error, 'an account’s data could not be read to the end'),
      });
    });
    return Promise.resolve();
  };
}
