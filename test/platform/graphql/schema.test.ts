/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql';
import 'reflect-metadata';
import { buildApiSchema, printApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';

const schema: GraphQLSchema = buildApiSchema(features);

const ownTypes = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__'));

function fieldsOf(type: GraphQLNamedType): GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

/** Every field of the API with its name as `Type.field`. */
const allFields = ownTypes.flatMap((type) =>
  fieldsOf(type).map((field) => ({ name: `${type.name}.${field.name}`, type, field })),
);

describe('the schema', () => {
  it('is the one in schema.graphql', async () => {
    const committed = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    // `npm run schema` rewrites the file.
    expect(printApiSchema(schema)).toBe(committed);
  });

  it('describes every type, field, argument, input field and enum value', () => {
    const elements = ownTypes.flatMap((type) => [
      { name: type.name, description: type.description },
      ...fieldsOf(type).flatMap((field) => [
        { name: `${type.name}.${field.name}`, description: field.description },
        ...field.args.map((arg) => ({
          name: `${type.name}.${field.name}(${arg.name}:)`,
          description: arg.description,
        })),
      ]),
      ...(isInputObjectType(type) ? Object.values(type.getFields()) : []).map((field) => ({
        name: `${type.name}.${field.name}`,
        description: field.description,
      })),
      ...(isEnumType(type) ? type.getValues() : []).map((value) => ({
        name: `${type.name}.${value.name}`,
        description: value.description,
      })),
    ]);
    expect(elements.length).toBeGreaterThan(300);
    expect(elements.filter(({ description }) => !description?.trim()).map(({ name }) => name)).toEqual([]);
  });

  it('marks all fields that depend on the viewer, and no others', () => {
    // The account that the mutation has just authenticated, regardless of the request's viewer, or changed.
    const accounts = ['SessionPayload.viewer', 'ViewerPayload.viewer'];
    const named = allFields
      .filter(({ name, field }) => field.name.startsWith('viewer') && !accounts.includes(name))
      .map(({ name }) => name);
    const marked = allFields
      .filter(({ field }) => field.extensions.viewerDependent === true)
      .map(({ name }) => name);
    expect(marked).toEqual(named);
    expect(named.length).toBeGreaterThan(10);
  });

  it('has the optional paging arguments on every connection', () => {
    const paging = ['first: Int', 'after: Cursor', 'last: Int', 'before: Cursor'];
    const connections = allFields.filter(({ field }) => getNamedType(field.type).name.endsWith('Connection'));
    expect(connections.length).toBeGreaterThan(4);
    for (const { name, field } of connections) {
      const args = field.args.map((arg) => `${arg.name}: ${String(arg.type)}`);
      expect({ name, args }).toEqual({ name, args: expect.arrayContaining(paging) });
    }
  });

  it('accepts null for every optional argument', () => {
    const strict = allFields.flatMap(({ name, field }) =>
      field.args
        .filter((arg) => arg.defaultValue !== undefined && arg.type.toString().endsWith('!'))
        .map((arg) => `${name}(${arg.name}:)`),
    );
    expect(strict).toEqual([]);
  });

  it('declares connections nullable, so that one can fail alone', () => {
    const strict = allFields.filter(
      ({ field }) =>
        getNamedType(field.type).name.endsWith('Connection') && getNullableType(field.type) !== field.type,
    );
    expect(strict.map(({ name }) => name)).toEqual([]);
  });

  it('bounds every list of objects that is not a page', () => {
    const lists = allFields
      .filter(
        ({ type, field }) =>
          isListType(getNullableType(field.type)) &&
          !isLeafType(getNamedType(field.type)) &&
          !(type.name.endsWith('Connection') && ['edges', 'nodes'].includes(field.name)),
      )
      .map(({ name }) => name);
    // The lists, each with its bound. A new list needs an entry here, or has to be a connection.
    const bounded: Record<string, string> = {
      'AddModerationWordsPayload.words': 'one for each given word: at most 500',
      'Article.signatures': 'at most 1,000 (article.texts.ts)',
      'Article.tags': 'at most 20 (article.texts.ts)',
      'ArticleEventPage.events': 'a page: at most 100',
      'SiteEventPage.events': 'a page: at most 100',
      'ModerationEventPage.events': 'a page: at most 100',
      'ModerationSettingsChanged.changes': 'at most 20 (moderation-event-details.ts)',
      'Campaign.milestones': 'at most 5 (campaign.service.ts)',
      'Campaign.viewerPledges': 'one for each milestone, and the last one',
      'CampaignManagement.pledgeTallies': 'one for each state',
      'Comment.ancestors': 'at most 250, by the nesting cap',
      'Comment.reactions': 'one for each kind',
      'Query.fundingCurrencies': 'one for each currency',
      'LedgerTransaction.entries': 'at most 4, by the database',
      'Query.nodes': 'one for each given id: at most 100',
      'Query.webhooks': 'at most 50 (webhook.policy.ts)',
      'Webhook.attempts': 'the last 50',
      'DecidedCommentResult.userErrors': 'one for each fault of one decision',
      'ReleaseCommentsPayload.items': 'one for each given comment: at most 100',
      'ClaimCommentsPayload.items': 'one for each given comment: at most 100',
      'DecideCommentsPayload.results': 'one for each given decision: at most 100',
      'Query.articlesByUrl': 'one for each given address: at most 100',
      'Query.serviceAccounts': 'at most 50 (token.policy.ts)',
      'ServiceAccount.tokens': 'at most 50: 20 live ones, and the last 30 others (token.policy.ts)',
      'Viewer.passkeys': 'at most 10 (passkey.policy.ts)',
      'Viewer.sessions': 'at most 1,000: MAX_SESSIONS_PER_ACCOUNT, 50 by default',
      'Viewer.importedAuthors': 'at most 50 (imported-author.loader.ts)',
      'Viewer.mutedAuthors': 'as many as an account may mute',
      'Viewer.mutedArticles': 'as many articles and threads as an account may mute',
      'Viewer.mutedThreads': 'as many articles and threads as an account may mute',
      'Viewer.mailPreferences': 'one for each kind',
      'Viewer.tokens': 'at most 50, as above',
      'Viewer.linkedLogins': 'at most 20 (login.policy.ts)',
      'SignInOptions.issuers': 'at most 20 in the settings (login-issuers.ts)',
    };
    for (const name of lists.filter((list) => list.endsWith('Payload.userErrors'))) {
      bounded[name] = 'one for each fault of one input';
    }
    expect(lists.sort()).toEqual(Object.keys(bounded).sort());
  });
});
