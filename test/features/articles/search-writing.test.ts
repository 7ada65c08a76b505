import { describe, expect, it } from '@jest/globals';
import { useApp } from '../../support/app.ts';

describe('search', () => {
  const service = useApp();

  it('finds articles that are written through the API, while they are public', async () => {
    const app = service();
    const journalist = await app.signUp('Writer Sample', 'JOURNALIST');
    const found = async (query: string): Promise<string[]> =>
      (
        await app.data('query ($query: String!) { search(query: $query) { nodes { title } } }', { query })
      ).search.nodes.map((node: any) => node.title);
    const write = async (name: string, input: Record<string, unknown>): Promise<any> => {
      const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
      const data = await app.data(
        `mutation ($input: ${type}!) { ${name}(input: $input) { article { id } userErrors { message } } }`,
        { input },
        journalist.token,
      );
      expect(data[name].userErrors).toEqual([]);
      return data[name].article;
    };
    const { id: articleId } = await write('createArticle', {
      title: 'Quicksilver',
      body: 'A body.',
      tags: ['Obsidian'],
    });
    expect(await found('quicksilver')).toEqual([]);
    await write('publishArticle', { articleId });
    expect(await found('quicksilver')).toEqual(['Quicksilver']);
    expect(await found('obsidain')).toEqual(['Quicksilver']);
    await write('updateArticle', { articleId, title: 'Brimstone' });
    expect(await found('brimstone obsidian')).toEqual(['Brimstone']);
    expect(await found('quicksilver')).toEqual([]);
    await write('unpublishArticle', { articleId });
    expect(await found('brimstone')).toEqual([]);
    expect(await app.app.db.query('SELECT FROM article_search')).toEqual([]);
  });
});
