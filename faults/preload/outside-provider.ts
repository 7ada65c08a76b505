import { TestProvider } from '@standfirst/test-provider';

/** A test provider that is no part of the node. */
export interface OutsideAddress {
  readonly port: number;
  readonly secretKey: string;
}

/** Lets the node call a test provider in another process, which outlives it, as Stripe would. */
export function useOutsideProvider({ port, secretKey }: OutsideAddress): void {
  const outside: Pick<TestProvider, 'host' | 'port' | 'secretKey' | 'page' | 'idle' | 'close'> = {
    host: '127.0.0.1',
    port,
    secretKey,
    page: () => Promise.resolve({ status: 404, headers: {}, body: '' }),
    idle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  TestProvider.open = () => Promise.resolve(outside as TestProvider);
}
