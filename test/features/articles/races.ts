import { notRaced, type Races } from '../../support/races/declaration.ts';
import type { RaceWriter } from '../../support/races/writer.ts';

async function update(writer: RaceWriter): Promise<void> {
  const { id: articleId } = writer.article();
  const title = `Title ${writer.random.next()}`;
  const expectedUpdatedAt = writer.random.chance(0.2) ? '2020-01-01T00:00:00.000Z' : undefined;
  await writer.twice('updateArticle', { articleId, title, expectedUpdatedAt });
}

export const articlesRaces = {
  mutations: {
    updateArticle: { refusals: ['STALE_REVISION'] },
    // Sent by moderation, with a decision on the unpublished article in between.
    publishArticle: { refusals: [] },
    unpublishArticle: { refusals: [] },
    ...notRaced(
      'Writers need the same few articles; new ones compete in races.test.ts beside this.',
      'createArticle',
    ),
  },
  acts: { EDITOR: [[20, update]] },
} satisfies Races;
