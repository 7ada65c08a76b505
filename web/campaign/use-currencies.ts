import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { graphql } from '../graphql/generated/gql.ts';

const CampaignCurrencies = graphql(`
  query CampaignCurrencies {
    fundingCurrencies {
      code
    }
  }
`);

/** The codes of the currencies in which campaigns can be; undefined: not known yet. */
export function useCurrencies(): ReadonlySet<string> | undefined {
  const { data } = useQuery(CampaignCurrencies);
  const all = data?.fundingCurrencies;
  return useMemo(() => all && new Set(all.map(({ code }) => code)), [all]);
}
