import { paths } from '../paths.ts';

/*
 * The provider's page leads back to the article. Whoever left for it from the list of their own pledges is taken there
 * instead, in the same tab.
 */

const key = 'standfirst.pledges-left';

/** Runs what needs the tab's storage, which may be forbidden. */
function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Notes that the reader leaves the list for the provider's page, which leads back to this article. */
export const noteLeaving = (slug: string): void =>
  tryTo(() => sessionStorage.setItem(key, paths.article(slug)));

/** Forgets it: the reader is back at the list. */
export const forgetLeaving = (): void => tryTo(() => sessionStorage.removeItem(key));

/** Makes the document that the provider's page has led to one of the list. To be called before the page is rendered. */
export function takeWayBack(): void {
  const left = tryTo(() => sessionStorage.getItem(key));
  forgetLeaving();
  if (left === location.pathname && location.hash === '#support')
    history.replaceState(history.state, '', paths.myPledges);
}
