/** @database either */
import { expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { selectionKey } from '../../../src/platform/live/selection.ts';

const text =
  'subscription ($id: ID!, $after: EventCursor) { articleEvents(articleId: $id, after: $after) { cursor } }';

const keyOf = (source: string, variables: Record<string, unknown>) =>
  selectionKey({ document: parse(source), operationName: undefined, variables });

it('the key of a selection is the same for a document that was forgotten and parsed again, from any start cursor', () => {
  const key = keyOf(text, { id: 'a', after: 'here' });
  expect(keyOf(text, { after: 'there', id: 'a', more: 1 })).toBe(key);
  expect(keyOf(text, { id: 'b', after: 'here' })).not.toBe(key);
  expect(keyOf(text.replace('cursor', 'sequence'), { id: 'a', after: 'here' })).not.toBe(key);
});
