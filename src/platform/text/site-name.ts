/** The site's name, in its page's head, its feeds and what other sites show of it. */
export const siteName = 'Standfirst';
