import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import type { ItemKey } from '../../../platform/screening/moderation-item.queries.ts';
import {
  type ModerationDecisionRow,
  selectModerationDecisions,
} from '../../../platform/screening/moderation-decision.queries.ts';
import { selectLastDecisions } from './last-decision.queries.ts';

/** Decisions by id. */
export const decisionById: LoaderFactory<DataLoader<string, ModerationDecisionRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectModerationDecisions(db, ids),
    (row) => row.id,
  );

const keyText = ({ articleId, commentId }: ItemKey): string => `${articleId}:${commentId}`;

/** The last decision about a comment, alone or with others, that its author is told of and that stands; undefined: there is none. */
export const lastDecisionByKey: LoaderFactory<
  DataLoader<ItemKey, ModerationDecisionRow | undefined, string>
> = ({ db }) =>
  new DataLoader(
    async (keys) => {
      const byKey = new Map(
        (await selectLastDecisions(db, keys)).map(({ ofArticleId, ofCommentId, decision }) => [
          keyText({ articleId: ofArticleId, commentId: ofCommentId }),
          decision,
        ]),
      );
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );
