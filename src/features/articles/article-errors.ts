import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly SLUG_TAKEN: true;
    readonly CANONICAL_URL_TAKEN: true;
    readonly ARTICLE_URL_NOT_ALLOWED: true;
    readonly ARTICLE_URL_UNAVAILABLE: true;
  }
}

/** Refusals of commands on articles. */
export const articleErrors = defineErrors({
  SLUG_TAKEN: {
    describe: 'Another article has this slug.',
    when: 'Another article, perhaps a draft of somebody else, has this slug.',
    react: 'Choose another slug, or leave it out.',
  },
  CANONICAL_URL_TAKEN: {
    describe: 'Another article has this canonical address.',
    when: 'Another article has this canonical address.',
    react: 'Correct the address; the other article may be the same one.',
  },
  ARTICLE_URL_NOT_ALLOWED: {
    describe:
      'There is no article with this address, and a comment can not begin one: the address is of no site that may, or the service does not allow it.',
    when: 'No article has `articleUrl`, and the first comment may not make one: the address is not one of `EMBED_SITES`, or `EMBED_UNKNOWN_ADDRESSES` is off.',
    react: 'Query `canBeginThread` first.',
  },
  ARTICLE_URL_UNAVAILABLE: {
    describe:
      'There is no article with this address, and a comment can not begin one: the page does not answer as it has to, or has no thread here.',
    when: 'No article has `articleUrl`, and none can be made: the page at the address [does not answer as it has to](integrators.md#threads-at-unknown-addresses), or the editors want no thread there. The answer does not say which; the log says what is wrong with a page.',
    react: 'Correct the page; try again after a minute.',
  },
});
