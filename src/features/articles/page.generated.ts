/* eslint-disable */
export type PageOfFrontQuery = { readonly articles: { readonly nodes: ReadonlyArray<{ readonly slug: string, readonly title: string, readonly standfirst: string | null }> } | null };

export type PageOfArticleQuery = { readonly article: { readonly slug: string, readonly title: string, readonly standfirst: string | null, readonly bodyHtml: string, readonly bodyText: string, readonly publishedAt: string | null, readonly updatedAt: string, readonly permalink: string, readonly canonicalUrl: string | null, readonly contactAddressCount: number, readonly author: { readonly name: string, readonly slug: string, readonly permalink: string, readonly photoUrl: string | null, readonly location: string | null }, readonly signatures: ReadonlyArray<{ readonly name: string, readonly role: string | null, readonly organisation: string | null }>, readonly tags: ReadonlyArray<{ readonly name: string }> | null } | null };

export type PageOfJournalistQuery = { readonly journalist: { readonly name: string, readonly slug: string, readonly permalink: string, readonly photoUrl: string | null, readonly bioText: string | null, readonly articles: { readonly nodes: ReadonlyArray<{ readonly slug: string, readonly title: string, readonly standfirst: string | null }> } | null } | null };

export type PageOfTagQuery = { readonly tag: { readonly name: string, readonly articles: { readonly nodes: ReadonlyArray<{ readonly slug: string, readonly title: string, readonly standfirst: string | null }> } | null } | null };
