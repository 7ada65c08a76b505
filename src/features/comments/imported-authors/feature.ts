import { defineFeature, type Parts, resolver } from '../../../platform/feature/feature.ts';
import { ClaimWorker } from './claim-worker.ts';
import { ClaimService } from './claim.service.ts';
import { importedAuthorData } from './imported-author-data.queries.ts';
import { forgetAuthors, updateForgotten } from './imported-author.queries.ts';
import { ImportedAuthorResolver } from './imported-author.resolver.ts';

const claimsOf = ({ db, log }: Pick<Parts, 'db' | 'log'>): ClaimService => new ClaimService(db, log);

/** Claims to comments that were imported. Comments point to their table, so that the feature of comments declares it. */
export const importedAuthorFeature = defineFeature({
  name: 'imported-author',
  tables: [],
  resolvers: [resolver(ImportedAuthorResolver, (parts) => [claimsOf(parts)])],
  types: [],
  nodes: {},
  logs: [],
  events: {},
  counters: {},
  pruning: () => [],
  background: (parts) => [
    new ClaimWorker({
      db: parts.db.forNode('claims'),
      claims: claimsOf(parts),
      onError: (error) => parts.warn(error, 'claimed comments could not be moved; it is tried again'),
    }),
  ],
  // Comments under the articles are erased by the feature `comment`, which finds those of claimed authors.
  routes: () => [],
  erasure: () => ({ close: forgetAuthors, finish: updateForgotten }),
  personalData: [importedAuthorData],
});
