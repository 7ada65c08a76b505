import { type Client, escapeLiteral } from 'pg';
import type { Database } from '../../src/platform/db/database.ts';
import type { SentStatement } from './statements.ts';

/** One node of a plan, as in `EXPLAIN (FORMAT JSON)`. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Alias?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Filter?: string;
  /** For each loop. */
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Heap Fetches'?: number;
  readonly 'Total Cost': number;
  /** For each loop. */
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** Runs EXPLAIN ANALYZE for a recorded statement with its values. */
export function explain(db: Database, { text, values }: SentStatement): Promise<PlanNode> {
  return db.transaction(async (tx) => {
    const run = () =>
      tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
        values,
      );
    // A new connection reads of the catalog what it needs for the statement, and PostgreSQL counts that as pages of the nodes.
    await run();
    const [row] = await run();
    if (!row) throw new Error('No plan');
    return row['QUERY PLAN'][0].Plan;
  });
}

/** SQL for the value of a parameter, as text that PostgreSQL converts to the parameter's type. */
function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return escapeLiteral(Array.isArray(value) ? `{${value.map(element).join(',')}}` : plain(value));
}

const plain = (value: unknown): string =>
  Buffer.isBuffer(value)
    ? `\\x${value.toString('hex')}`
    : value instanceof Date
      ? value.toISOString()
      : String(value);

const element = (value: unknown): string =>
  value === null ? 'NULL' : `"${plain(value).replace(/["\\]/g, '\\$&')}"`;

/** As `explain`, for the plan that does not depend on the values (`plan_cache_mode = force_generic_plan`). */
export async function explainGeneric(client: Client, { text, values }: SentStatement): Promise<PlanNode> {
  await client.query('SET plan_cache_mode = force_generic_plan');
  await client.query(`PREPARE generic AS ${text}`);
  try {
    const given = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE generic${given}`,
    );
    if (!rows[0]) throw new Error('No plan');
    return rows[0]['QUERY PLAN'][0].Plan;
  } finally {
    await client.query('DEALLOCATE generic');
    await client.query('RESET plan_cache_mode');
  }
}

/** All nodes of a plan, the root first. */
export const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Number of pages that a node and all nodes below it accessed. */
export const buffersOf = (plan: PlanNode): number => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
