/** The rules of moderators stand where lower features need them, too. */
export { canSetCommentPolicy } from '../../articles/article/article.policy.ts';
export { refusalToModerate } from '../../../platform/auth/viewer.ts';
