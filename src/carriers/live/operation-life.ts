import { type ExecutionResult, GraphQLError } from 'graphql';

type Result = IteratorResult<ExecutionResult, undefined>;

/** GraphQL's own errors have a place in the document; others are wrapped, and told apart by what is in them. */
export function toGraphqlError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });
}

/**
 * The life of a subscription as the protocol's library sees it: results that it waits for, and that go to the socket
 * behind its back. It gets nothing but the end, and the errors that come with one. Not an async generator: `return` must
 * get through while `next` waits.
 */
export class OperationLife implements AsyncGenerator<ExecutionResult, undefined, undefined> {
  #errors: readonly Error[] | undefined;
  #ended = false;
  #wake: (() => void) | undefined;
  #onReturn: () => void = () => undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @param listener the client has unsubscribed or gone, or everything was said */
  onReturn(listener: () => void): void {
    this.#onReturn = listener;
  }

  /** Nothing more comes; with errors, these. */
  end(errors?: readonly Error[]): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#errors = errors;
    this.#wake?.();
  }

  async next(): Promise<Result> {
    if (!this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    const errors = this.#errors;
    this.#errors = undefined;
    if (errors) return { done: false, value: { errors: errors.map(toGraphqlError) } };
    this.#onReturn();
    return { done: true, value: undefined };
  }

  return(): Promise<Result> {
    this.#errors = undefined;
    this.end();
    this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<Result> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
