/**
 * A tag of a paragraph as the parser writes it: any but pictures and links with titles. Targets have the characters of URLs
 * that were normalised.
 */
const tag =
  /<(?:br \/|\/(a|code|em|s|strong)|(code|em|s|strong)|(a) href="https?:\/\/[!#-%(-;=?-_a-~]*(?:&amp;[!#-%(-;=?-_a-~]*)*" rel="(?:ugc nofollow )?noopener")>/g;

/** What the text between these tags does not have where the parser has written it. */
const foreign = /[<>]|&(?!(?:amp|lt|gt|quot);)/;

/**
 * What the sanitiser makes of a paragraph's HTML in which it finds nothing. It parses the HTML and writes it anew, which takes
 * longer than all else that is done with a comment's text.
 * @returns undefined where only the sanitiser knows
 */
export function ordinaryHtml(html: string): string | undefined {
  const open: string[] = [];
  let isNested = true;
  let isLinked = false;
  const text = html.replace(tag, (_, ended?: string, begun?: string, link?: string) => {
    const name = begun ?? link;
    if (name !== undefined) open.push(name);
    if (ended !== undefined) isNested &&= open.pop() === ended;
    if (link !== undefined) isNested &&= !isLinked;
    if ((link ?? ended) === 'a') isLinked = link !== undefined;
    // The text before and behind a tag remain apart.
    return ' ';
  });
  if (!isNested || open.length > 0 || foreign.test(text)) return undefined;
  return html.replaceAll('&quot;', '"');
}
