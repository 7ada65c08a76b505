import anyAscii from 'any-ascii';
import { addressMask, maskAddresses } from './addresses.ts';

/** The most characters of a slug that is made here, its number included. */
export const maxSlugLength = 120;

/** The highest number that tells things of one name apart. */
export const maxSlugNumber = 9999;

const maxBaseLength = maxSlugLength - `-${maxSlugNumber}`.length;

/** What a slug is made of: words of a to z and 0 to 9, with single hyphens between them. */
export const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Cuts behind the last whole word that fits. */
function cut(slug: string): string {
  if (slug.length <= maxBaseLength) return slug;
  const end = slug.lastIndexOf('-', maxBaseLength);
  return slug.slice(0, end > 0 ? end : maxBaseLength);
}

/**
 * A slug of a title or name in any script, with room for a number behind it. E-mail addresses stay out: slugs are public.
 * @param fallback for a text in which nothing can be read
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
