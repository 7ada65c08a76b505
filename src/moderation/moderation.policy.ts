/** The rules of moderators stand where lower features need them, too. */
export { canSetCommentPolicy } from '../article/article.policy.ts';
export { refusalToModerate } from '../auth/viewer.ts';
