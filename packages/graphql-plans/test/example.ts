import { PlanExecutor } from '@standfirst/graphql-plans';
import { buildSchema, type DocumentNode, type ExecutionResult, parse, validate } from 'graphql';

const schema = buildSchema(`
  type Query { articles(first: Int! = 10): [Article!]! }
  type Article { id: ID!, title: String! }
`);

const articles = Array.from({ length: 100 }, (_, index) => ({ id: index, title: `Article ${index}` }));
const rootValue = { articles: ({ first }: { first: number }) => articles.slice(0, first) };

const executor = new PlanExecutor();

/** Documents by their text. A plan belongs to the syntax tree: a text that is parsed anew finds none. */
const documents = new Map<string, DocumentNode>();

function read(text: string): DocumentNode {
  let document = documents.get(text);
  if (!document) {
    document = parse(text);
    const [error] = validate(schema, document);
    if (error) throw error;
    documents.set(text, document);
  }
  return document;
}

/** Executes an operation; from its second execution on by a plan. */
export const ask = async (
  text: string,
  variableValues?: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> => executor.execute({ schema, document: read(text), rootValue, variableValues });
