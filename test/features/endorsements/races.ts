import { notRaced, type Races } from '../../support/races/declaration.ts';
import type { RaceWriter } from '../../support/races/writer.ts';

async function endorse(writer: RaceWriter): Promise<void> {
  const { id: articleId } = writer.article();
  if (writer.random.chance(0.4)) return writer.twice('withdrawEndorsement', { articleId });
  const idempotencyKey = writer.idempotencyKey();
  const copies = idempotencyKey === undefined ? [1] : [1, 2];
  await Promise.all(copies.map(() => writer.send('endorse', { articleId, idempotencyKey })));
}

export const endorsementsRaces = {
  mutations: {
    endorse: { refusals: ['ALREADY_ENDORSED'] },
    withdrawEndorsement: { refusals: ['NOT_FOUND'] },
    ...notRaced(
      'Needs links from mails, which the writers do not get: mailed.test.ts sends these at once, on two nodes.',
      'requestEndorsement',
      'confirmEndorsement',
      'withdrawMailedEndorsement',
    ),
  },
  acts: { READER: [[10, endorse]] },
} satisfies Races;
