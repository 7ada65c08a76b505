import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { graphql } from '../graphql/generated/gql.ts';
import { type SupportFragment } from '../graphql/generated/graphql.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { type Reader } from '../session/session.ts';
import { prepareCampaignExtras } from './campaign-extras.ts';
import { QuietPlace } from './quiet-place.tsx';

const SupportDocument = graphql(`
  fragment Support on Article {
    id
    slug
    campaign {
      id
      ...CampaignTerms @unmask
      ...CampaignFigures @unmask
    }
  }
`);

/** Most articles have no campaign: what shows one is a file of its own. */
const boxPart = partOf(() => import('./support-box.tsx'));

/** Loads what the box of a campaign needs, before the page is rendered with it. */
export async function prepareSupport({ apollo, isSignedIn }: Reader, slug: string): Promise<void> {
  const own = isSignedIn
    ? import('./pledge-control.tsx').then(({ prepare }) => prepare(apollo, slug)).catch(() => undefined)
    : undefined;
  await Promise.all([boxPart.begin(), own, prepareCampaignExtras(apollo, slug)]);
}

/** The box of an article's campaign, if it has one. */
export function Support({ from }: { readonly from: FragmentType<SupportFragment> }) {
  const { data, complete } = useFragment({ fragment: SupportDocument, fragmentName: 'Support', from });
  const campaign = complete ? data.campaign : null;
  // Those who manage a campaign see its draft, elsewhere.
  const isThere = campaign !== null && campaign.status !== 'DRAFT';
  return (
    <QuietPlace isThere={isThere}>
      {isThere && <PartOfPage part={boxPart} props={{ slug: data.slug ?? '', campaign }} />}
    </QuietPlace>
  );
}
