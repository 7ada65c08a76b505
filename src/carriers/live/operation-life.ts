import { type ExecutionResult, GraphQLError } from 'graphql';

type Result = IteratorResult<ExecutionResult, undefined>;

/**
 * GraphQL's own errors have a place in the document; others are wrapped, and distinguished by their `originalError`.
 */
export function toGraphqlError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });
}

/**
 * The life of a subscription as the protocol's library sees it: the library waits for results, while they are written
 * to the socket directly. The library receives only the end, and the errors that come with it. Not an async generator:
 * `return` must take effect while `next` waits.
 */
export class OperationLife implements AsyncGenerator<ExecutionResult, undefined, undefined> {
  #errors: readonly Error[] | undefined;
  #ended = false;
  #wake: (() => void) | undefined;
  #onReturn: () => void = () => undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @param listener called when the client has unsubscribed or gone, or the operation has ended */
  onReturn(listener: () => void): void {
    this.#onReturn = listener;
  }

  /** Ends the operation; with errors, because of them. */
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
