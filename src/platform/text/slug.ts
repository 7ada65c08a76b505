import anyAscii from 'any-ascii';
import { addressMask, maskAddresses } from './addresses.ts';

/** Most characters of a generated slug, number included. */
export const maxSlugLength = 120;

/** Highest number that distinguishes the slugs of objects with the same name. */
export const maxSlugNumber = 9999;

const maxBaseLength = maxSlugLength - `-${maxSlugNumber}`.length;

/** A slug consists of words of a to z and 0 to 9, with single hyphens between them. */
export const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Cuts after the last whole word that fits. */
function cut(slug: string): string {
  if (slug.length <= maxBaseLength) return slug;
  const end = slug.lastIndexOf('-', maxBaseLength);
  return slug.slice(0, end > 0 ? end : maxBaseLength);
}

/**
 * A slug of a title or name in any script, with room for a number after it. E-mail addresses are left out, because
 * slugs are public.
 * @param fallback for a text without transliterable characters
 */
export function slugFrom(text: string, fallback: string): string {
  const words = maskAddresses(text).replaceAll(addressMask, ' ');
  const slug = anyAscii(words.slice(0, 1000))
    .toLowerCase()
    // "don't" is one word.
    .replace(/['`"]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return cut(slug) || fallback;
}

/** Most characters of any slug, imported ones included. */
export const longestSlug = 200;

/** Whether a text can be a slug. Others are never queried, so that a huge one costs nothing. */
export const isSlug = (text = ''): text is string => text.length <= longestSlug && slugPattern.test(text);
