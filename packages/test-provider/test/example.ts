import { type Queryable, type Store, TestProvider } from '@standfirst/test-provider';
import { Pool, type PoolClient } from 'pg';
import { Stripe } from 'stripe';

const queryableOf = (client: Pool | PoolClient): Queryable => ({
  query: async (statement, values = []) => (await client.query(statement, [...values])).rows,
});

/** The provider's connections: here a pool of its own. */
export function openStore(connectionString: string): Store {
  const pool = new Pool({ connectionString });
  return {
    ...queryableOf(pool),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const value = await work(queryableOf(client));
        await client.query('COMMIT');
        return value;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** Saves a card on the provider's page, and charges it with Stripe's package. */
export async function chargeSavedCard(
  databaseUrl: string,
  onError: (error: unknown) => void,
): Promise<Stripe.PaymentIntent> {
  const provider = await TestProvider.open({
    openStore: () => Promise.resolve(openStore(databaseUrl)),
    clock: { now: () => new Date() },
    webhookSecret: 'whsec_example',
    webhookUrl: () => undefined,
    pageBase: () => undefined,
    onError,
  });
  try {
    const { host, port, secretKey } = provider;
    const stripe = new Stripe(secretKey, { host, port, protocol: 'http' });
    const { id, url } = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'eur',
      customer_creation: 'always',
      success_url: 'https://shop.example.org/saved',
      cancel_url: 'https://shop.example.org/',
      custom_text: { submit: { message: 'You pay €25.00 when the goal is reached.' } },
    });
    // A person chooses this on the page.
    await fetch(url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeeds' }),
      redirect: 'manual',
    });
    const { setup_intent: saved } = await stripe.checkout.sessions.retrieve(id, {
      expand: ['setup_intent'],
    });
    const { customer, payment_method: card } = saved as Stripe.SetupIntent;
    return await stripe.paymentIntents.create(
      {
        amount: 2500,
        currency: 'eur',
        customer: customer as string,
        payment_method: card as string,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        off_session: true,
        confirm: true,
        capture_method: 'automatic',
        description: 'A pledge',
      },
      { idempotencyKey: 'pledge-1' },
    );
  } finally {
    await provider.close();
  }
}
