import { notRaced, type Races } from '../../support/races/declaration.ts';
import type { RaceWriter } from '../../support/races/writer.ts';

async function setArticleModeration(writer: RaceWriter): Promise<void> {
  const { id: articleId } = writer.article();
  await writer.twice('setArticleModeration', { articleId, maxLinks: writer.random.pick([null, 3, 10]) });
}

export const screeningRaces = {
  mutations: {
    setArticleModeration: { refusals: [] },
    ...notRaced(
      'Would change for all articles at once which comments are refused, so that writers could tell no fault from a rule.',
      'setModerationSettings',
      'addModerationWords',
      'removeModerationWords',
    ),
  },
  acts: { MODERATOR: [[6, setArticleModeration]] },
} satisfies Races;
