import { Kind, OperationTypeNode, type SelectionNode } from 'graphql';
import { clientKey } from '../auth/client-key.ts';
import { noExceptions, sightOf, SharedViewer, type Viewer } from '../auth/viewer.ts';
import type { Context } from '../graphql/context.ts';
import { type KeptAnswer, type KeptAnswers, type Made } from '../kept/kept-answers.ts';
import { BasisRecorder } from '../kept/request-clock.ts';
import type { Reading } from '../kept/site-clock.ts';
import { documentNumber } from './document-number.ts';
import type { Admitted } from './gate.ts';
import type { Turns } from '../fairness/turns.ts';

export interface SharedAnswersOptions {
  readonly answers: KeptAnswers;
  readonly turns: Turns;
  /** A context for another answer to the same client. */
  readonly contextFor: (
    context: Context,
    viewer: Viewer | null,
    seen: { readonly recorder: BasisRecorder; readonly reading: Reading },
  ) => Context;
}

/** The result of an execution, as far as it matters here. */
export interface Executed {
  readonly data?: object | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}

/** Longest key of a kept answer, in characters: about that of its variables. */
const maxKey = 2048;

/** Answers of more bytes than this wait for a turn before they are written. */
export const largeAnswer = 256 * 1024;

/**
 * Answers queries from memory where their answer is the same for all clients with the same rights: as for events, it is
 * executed for a shared viewer, which records the accounts that need one of their own.
 */
export class SharedAnswers {
  constructor(private readonly options: SharedAnswersOptions) {}

  /** @returns a shared answer, or the result of an execution for this client alone */
  async run<Result extends Executed>(
    admitted: Admitted,
    context: Context,
    execute: (context: Context) => Promise<Result>,
  ): Promise<KeptAnswer | Result> {
    const key = keyOf(admitted, context);
    if (key === undefined) return execute(context);
    let own: Result | undefined;
    const asking = { key, client: clientKey(context), accountId: context.viewer?.accountId };
    const shared = await this.options.answers.answer(asking, async (reading) => {
      const made = await this.#make(context, reading, execute);
      if ('body' in made) return made;
      // A signed-out client has no identity, so its own result would be the same.
      if (context.viewer === null) own = made;
      return undefined;
    });
    return shared ?? own ?? execute(context);
  }

  async #make<Result extends Executed>(
    context: Context,
    reading: Reading,
    execute: (context: Context) => Promise<Result>,
  ): Promise<Made | Result> {
    const { turns, contextFor } = this.options;
    const recorder = new BasisRecorder(reading);
    const viewer = context.viewer && new SharedViewer(context.viewer);
    const shared = contextFor(context, viewer, { recorder, reading });
    const result = await execute(shared);
    const { data, errors = [] } = result;
    if (data == null || errors.length > 0) return result;
    if (shared.answer.bytes > largeAnswer) await turns.enter(clientKey(context));
    const text = JSON.stringify({ data });
    return {
      body: Buffer.from(text.slice(0, -1)),
      exceptions: viewer?.exceptions ?? noExceptions,
      basis: recorder.basis,
    };
  }
}

const isOfSchema = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD && selection.name.value.startsWith('__');

/** Undefined: the operation has no shared answer. */
function keyOf({ document, operation, variables }: Admitted, context: Context): string | undefined {
  if (operation.operation !== OperationTypeNode.QUERY || context.credentialError) return undefined;
  // Nothing is read for what only asks for the schema.
  if (operation.selectionSet.selections.every(isOfSchema)) return undefined;
  const declared = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  const given = declared.map((name) => (Object.hasOwn(variables, name) ? [variables[name]] : []));
  const rights = sightOf(context.viewer);
  const key = `${rights} ${documentNumber(document)} ${operation.name?.value ?? ''} ${JSON.stringify(given)}`;
  return key.length <= maxKey ? key : undefined;
}
