import { TestProviderObjectEntity, TestProviderRequestEntity } from './test-provider.entity.ts';

/**
 * Tables of the test provider. Nothing else reads or writes them, as nothing but Stripe's API leads to Stripe's data.
 */
export const testProviderTables = [TestProviderObjectEntity, TestProviderRequestEntity] as const;
