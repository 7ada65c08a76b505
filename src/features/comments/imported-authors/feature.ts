import { ImportedAuthors1796080000000 } from '../../../../migrations/1796080000000-imported-authors.ts';
import { importedAuthorInvariants } from './imported-author-invariants.ts';
import { defineFeature, type Parts, resolver } from '../../../platform/feature/feature.ts';
import { claimJob } from './claim-job.ts';
import { ClaimService } from './claim.service.ts';
import { forgetAuthors, importedAuthorData, updateForgotten } from './imported-author.queries.ts';
import { ImportedAuthorResolver } from './imported-author.resolver.ts';

const claimsOf = ({ db, log }: Pick<Parts, 'db' | 'log'>): ClaimService => new ClaimService(db, log);

/** Claims to comments that were imported. Comments point to their table, so that the feature of comments declares it. */
export const importedAuthorFeature = defineFeature({
  name: 'imported-author',
  migrations: [ImportedAuthors1796080000000],
  tables: [],
  resolvers: [resolver(ImportedAuthorResolver, (parts) => [claimsOf(parts)])],
  types: [],
  nodes: {},
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: {},
  invariants: importedAuthorInvariants,
  pruning: () => [],
  jobs: (parts) => [claimJob(parts.db.forNode('claims'), claimsOf(parts))],
  // Comments under the articles are erased by the feature `comment`, which finds those of claimed authors.
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => ({ close: forgetAuthors, finish: updateForgotten }),
  personalData: [importedAuthorData],
});
