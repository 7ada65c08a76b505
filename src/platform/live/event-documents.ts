import { type DocumentNode, getOperationAST, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Viewer } from '../auth/viewer.ts';
import type { Database } from '../db/database.ts';
import { RequestError } from '../errors/errors.ts';
import type { StreamItem } from '../events/event.ts';
import { Loaders } from '../graphql/context.ts';
import type { EventDocument, EventShower } from '../graphql/event-shower.ts';
import { requireGrant } from '../graphql/needs-scope.ts';
import { rootFields } from '../graphql/root-fields.ts';
import type { PriceSettings } from '../graphql/price.ts';
import type { Memory } from '../kept/memory.ts';
import { operationCost } from '../operations/cost.ts';
import { executeOperation } from '../operations/execute.ts';
import type { Documents } from '../operations/documents.ts';
import type { Turns } from '../fairness/turns.ts';
import { liveContext } from './live-context.ts';

export interface EventDocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly settings: PriceSettings & { readonly maxQueryCost: number; readonly maxEventCost: number };
  readonly db: Pick<Database, 'forNode'>;
  readonly memory: Memory;
  readonly turns: Turns;
}

/** Shows events by subscriptions that nobody is connected for. */
export class EventDocuments implements EventShower {
  constructor(private readonly options: EventDocumentsOptions) {}

  async check({ text, fields }: EventDocument, viewerOf: (field: string) => Viewer): Promise<string> {
    const { schema, settings, documents } = this.options;
    documents.requireLength(text);
    const document = await this.#read(text);
    const operation = getOperationAST(document);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION)
      throw new RequestError('BAD_USER_INPUT', 'The document has to be one subscription.');
    // Validation allows a subscription one field.
    const field = fields.find((known) =>
      rootFields(document, operation).every(({ name }) => name.value === known),
    );
    if (field === undefined) {
      const names = fields.map((known) => `\`${known}\``).join(' or ');
      throw new RequestError('BAD_USER_INPUT', `The document has to be a subscription to ${names}.`);
    }
    if (operation.variableDefinitions?.length)
      throw new RequestError('BAD_USER_INPUT', 'The document can have no variables.');
    const { token } = viewerOf(field);
    if (token) requireGrant(token, schema, document, operation);
    const cost = operationCost({ schema, document, operation, variables: {}, settings });
    const maxCost = Math.min(settings.maxQueryCost, settings.maxEventCost);
    if (cost > maxCost)
      throw new RequestError('QUERY_TOO_COSTLY', `An event may cost ${cost} points of ${maxCost} allowed.`);
    return field;
  }

  async show({ text }: Pick<EventDocument, 'text'>, item: StreamItem, viewer: Viewer): Promise<object> {
    const { schema, db, memory } = this.options;
    const document = await this.#read(text);
    const loaders = new Loaders({ db: db.forNode('webhooks'), viewer }, { clock: memory.forRequest() });
    const { data, errors } = await executeOperation({
      schema,
      document,
      operationName: undefined,
      variables: {},
      contextValue: liveContext(viewer, loaders),
      rootValue: item,
    });
    const [error] = errors ?? [];
    if (error) throw error.originalError ?? error;
    return data ?? {};
  }

  async #read(text: string): Promise<DocumentNode> {
    const { documents, turns } = this.options;
    const read = await documents.read(text, (work) => turns.take('webhooks', work));
    if (read.errors)
      throw new RequestError(
        'GRAPHQL_VALIDATION_FAILED',
        read.errors
          .map(({ message }) => message)
          .join(' ')
          .slice(0, 1000),
      );
    return read.document;
  }
}
