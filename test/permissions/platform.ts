import { globalId } from '../support/article-states.ts';
import { alike, nothingInTheWorld, type Permissions } from './declaration.ts';
import * as is from './rules.ts';

const nobody = globalId('Account', '1');

/** Whether a query is there only with `FEDERATION=on`. */
export const isOfFederation = (query: string): boolean => query.startsWith('_');

/** As `types`, for all types whose names have these endings. */
export const typesByEnding: Readonly<Record<string, string>> = {
  Connection:
    'whoever sees the object with the field; items that their own rule hides are neither listed nor counted',
  Edge: 'whoever sees its node',
  Payload: 'whoever ran the mutation; null in place of objects that they may not see',
  Event: 'whoever sees the article, at the moment when the event is sent',
};

/** What the platform adds to the schema. `node` shows each object by the rule of its type. */
export const platformPermissions = (features: readonly Permissions[]) => {
  const seesThing = is.rule('see the thing, by the rule of its type', (who, thing) =>
    features.every(({ types }) => {
      const row = thing && types[thing.kind];
      return typeof row !== 'object' || row.holds(who, thing);
    }),
  );
  return {
    queries: {
      ...alike(
        { gates: [[seesThing, 'null']], needs: ['READ'], tried: 'test/permissions/reading.test.ts' },
        {
          node: { args: `(id: "${nobody}")` },
          nodes: { args: `(ids: ["${nobody}"])` },
          _entities: { args: '(representations: [])' },
        },
      ),
      _service: { gates: is.everybody, needs: ['READ'], tried: 'test/platform/graphql/federation.test.ts' },
    },
    mutations: {},
    subscriptions: {},
    types: {
      Node: seesThing,
      PageInfo: 'whoever sees the connection',
      UserError: 'whoever ran the mutation; the error reveals no more than these rules',
    },
    fields: {},
    privateScopes: {},
    predictions: {},
    world: { ...nothingInTheWorld, tables: ['idempotency_key'] },
  } satisfies Permissions;
};
