/*
 * `NODE_ENV=production npx tsx packages/graphql-plans/bench.ts`: how long graphql-js and kept plans take for one response, in turns in one process. The
 * objects are at hand: what is measured is the execution alone.
 */
import { PlanExecutor } from '@standfirst/graphql-plans';
import {
  buildSchema,
  execute,
  type ExecutionArgs,
  type GraphQLObjectType,
  parse,
  printSchema,
} from 'graphql';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const schema = buildSchema(`
  type Query { items: [Item!]! }
  type Item { ${names.map((name) => `${name}: String!`).join(' ')} other: Item }
`);
const item = (depth: number): object => ({
  ...Object.fromEntries(names.map((name) => [name, `text of ${name}`])),
  other: depth > 0 ? item(depth - 1) : null,
});
const rootValue = { items: Array.from({ length: 100 }, () => item(1)) };
const later = { items: rootValue.items.map((one) => Promise.resolve(one)) };
const fields = names.join(' ');
const document = parse(`{ items { ${fields} other { ${fields} } } }`);

const planned = new PlanExecutor();
const executors = { 'graphql-js': execute, plans: planned.execute };
/** The same schema with a resolver of its own for each field, which is told of the execution. */
const resolving = buildSchema(printSchema(schema));
for (const field of Object.values((resolving.getType('Item') as GraphQLObjectType).getFields()))
  field.resolve = (source, _args, _context, { fieldName }) => (source as Record<string, unknown>)[fieldName];

const cases: [string, ExecutionArgs][] = [
  ['properties', { schema, document, rootValue }],
  ['properties, each object a promise', { schema, document, rootValue: later }],
  ['a resolver for each field', { schema: resolving, document, rootValue }],
];
const [rounds, perRound] = [15, 200];

for (const [name, args] of cases) {
  const times: Record<string, number[]> = { 'graphql-js': [], plans: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const [executor, run] of Object.entries(executors)) {
      const begin = performance.now();
      for (let i = 0; i < perRound; i += 1) await run(args);
      // The first rounds are warm-up.
      if (round >= 5) times[executor]?.push((performance.now() - begin) / perRound);
    }
  const median = (of: readonly number[] = []) =>
    [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
  const [theirs, ours] = [median(times['graphql-js']), median(times.plans)];
  process.stdout.write(
    `200 objects of 10 fields, ${name}: graphql-js ${theirs.toFixed(3)} ms, plans ${ours.toFixed(3)} ms (${(theirs / ours).toFixed(1)} times)\n`,
  );
}
