import { useQuery } from '@apollo/client/react';
import { graphql } from '../graphql/generated/gql.ts';

const PledgeBounds = graphql(`
  query PledgeBounds {
    fundingCurrencies {
      code
      leastPledge {
        minorUnits
      }
      largestPledge {
        minorUnits
      }
    }
  }
`);

/** The least and the most that can be pledged in a currency, in minor units; undefined: not known yet. */
export function usePledgeBounds(
  currency: string,
): { readonly least: bigint; readonly most: bigint } | undefined {
  const { data } = useQuery(PledgeBounds);
  const found = data?.fundingCurrencies.find(({ code }) => code === currency);
  return (
    found && {
      least: BigInt(found.leastPledge.minorUnits),
      most: BigInt(found.largestPledge.minorUnits),
    }
  );
}
