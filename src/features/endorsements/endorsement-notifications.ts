import type { NotificationDeclarations } from '../../platform/feature/notification.ts';

declare module '../../platform/feature/notification.ts' {
  interface NotificationKinds {
    readonly ENDORSEMENT: OfSubject;
  }
}

/** What accounts are told about endorsements. */
export const endorsementNotifications = {
  ENDORSEMENT: {
    describe: 'Somebody has endorsed an article of the viewer: `endorsement`.',
    title: 'Endorsements of your articles',
    phrase: ['an endorsement of your article', 'endorsements of your article'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'it stands',
    shown: {
      from: 'endorsement d',
      where: 'd.article_id = x.article_id AND d.id = x.subject_id',
      if: 'd.listed',
      saidBy: 'd.account_id',
    },
    told: {
      on: 'ENDORSEMENT_ADDED',
      audience: `SELECT j.account_id FROM endorsement d JOIN article a ON a.id = d.article_id
        JOIN journalist j ON j.id = a.journalist_id
        WHERE d.article_id = e.article_id AND d.id = e.subject_id AND d.import_key IS NULL
          AND j.account_id <> coalesce(d.account_id, 0)`,
    },
  },
} satisfies NotificationDeclarations;
