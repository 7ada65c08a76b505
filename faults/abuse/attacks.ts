import {
  introspection,
  largeAnswers,
  unreadAnswers,
  unselectedTexts,
  unreadConnections,
  unreadPipelines,
} from './answers.ts';
import type { Attack } from './attack.ts';
import { announcedBodies, connections, largeBodies, packedReads, pipelines, tinyChunks } from './bodies.ts';
import { chunksOfNewConnections, fragments, resetConnections, unreadChunks } from './connections.ts';
import { knownCopies, waitingCopies } from './copies.ts';
import { deepJson, longLists } from './large-requests.ts';
import { plainLists } from './lists.ts';
import { foreignPages, selections } from './live.ts';
import { longPaths, longTexts } from './long-texts.ts';
import { largePictures, pictureTexts, slowPictures } from './pictures.ts';
import { poisonousArticles, poisonousComments, storedPoison } from './poison.ts';
import { poolShare } from './pool.ts';
import { knownReplays, readingReplays, replays, unreadReplays } from './replays.ts';
import { refusedDocuments } from './refused-documents.ts';
import { guesses, refreshes, signInStorm } from './sign-in.ts';
import { worstValidation } from './validation.ts';

/** All attacks in the order of a run, by the names that the command line takes. */
export const attacks: Readonly<Record<string, Attack>> = {
  refusedDocuments,
  knownCopies,
  waitingCopies,
  longLists,
  deepJson,
  longPaths,
  longTexts,
  largeBodies,
  announcedBodies,
  connections,
  tinyChunks,
  unreadChunks,
  chunksOfNewConnections,
  resetConnections,
  fragments,
  pipelines,
  packedReads,
  worstValidation,
  largeAnswers,
  unreadAnswers,
  unreadPipelines,
  unreadConnections,
  unselectedTexts,
  introspection,
  plainLists,
  poisonousComments,
  storedPoison,
  poisonousArticles,
  signInStorm,
  guesses,
  poolShare,
  selections,
  foreignPages,
  readingReplays,
  replays,
  knownReplays,
  unreadReplays,
  refreshes,
  largePictures,
  pictureTexts,
  slowPictures,
};
