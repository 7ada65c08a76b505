/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { KeptRows } from '../../../src/platform/kept/kept-rows.ts';

const path = (n: number): Buffer => Buffer.from(`000000000000${n.toString(16).padStart(4, '0')}`, 'hex');

it('what is kept of a row is what is counted, and no memory that it shares with others', () => {
  const rows = new KeptRows(1024 * 1024);
  const value = [{ id: '1', path: path(7), parents: [path(3), path(4)], body: Buffer.alloc(10_000) }];
  const [{ body } = { body: undefined }] = value;
  rows.set('comments', { articleId: '1', head: 1, site: '1', value });
  const [kept] = rows.get('comments')?.value as typeof value;
  expect(kept).toEqual({ id: '1', path: path(7), parents: [path(3), path(4)], body: Buffer.alloc(10_000) });
  for (const small of [kept?.path, ...(kept?.parents ?? [])]) expect(small?.buffer.byteLength).toBe(8);
  // That one has memory of its own already.
  expect(kept?.body).toBe(body);
});
