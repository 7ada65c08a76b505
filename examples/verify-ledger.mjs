// Recomputes the ledger of a campaign from what the service shows: node examples/verify-ledger.mjs ARTICLE_SLUG [ADDRESS]
// Needs nothing but Node.js 20 or newer. Exits with 1 at the first difference.
import { createHash } from 'node:crypto';

const [slug, address = 'http://127.0.0.1:4000'] = process.argv.slice(2);
if (slug === undefined) fail('Usage: node examples/verify-ledger.mjs ARTICLE_SLUG [ADDRESS]');

function fail(message) {
  console.error(message);
  process.exit(1);
}

const query = `query ($slug: String!, $after: Cursor) {
  article(slug: $slug) {
    id
    campaign {
      ledger(first: 100, after: $after) {
        nodes {
          sequence kind occurredAt currency corrects previousHash hash
          entries { account pseudonym minorUnits }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

async function loadPage(after) {
  const response = await fetch(`${address.replace(/\/+$/, '')}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { slug, after } }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  if (!data.article) throw new Error(`There is no article "${slug}"`);
  if (!data.article.campaign) throw new Error(`The article "${slug}" has no campaign`);
  return { articleId: data.article.id, ledger: data.article.campaign.ledger };
}

// #region hash
// The text of a transaction: its SHA-256 is the transaction's hash.
function textOf(articleId, { previousHash, sequence, kind, occurredAt, currency, corrects, entries }) {
  return [
    previousHash,
    articleId,
    sequence,
    kind,
    occurredAt,
    currency,
    corrects ?? '',
    ...entries.map(({ account, pseudonym, minorUnits }) => `${account}|${pseudonym ?? ''}|${minorUnits}`),
  ].join('\n');
}
// #endregion hash

let last = { sequence: 0, hash: '0'.repeat(64), currency: undefined };
const balances = new Map();

// What is wrong with a transaction; undefined if nothing is.
function fault(articleId, transaction) {
  const { sequence, previousHash, hash, currency, entries } = transaction;
  if (sequence !== last.sequence + 1) return `follows transaction ${last.sequence}`;
  if (previousHash !== last.hash) return 'does not have the hash of the one before';
  if (last.currency !== undefined && currency !== last.currency) return `is not in ${last.currency}`;
  const sum = entries.reduce((total, { minorUnits }) => total + BigInt(minorUnits), 0n);
  if (sum !== 0n) return `is out of balance by ${sum}`;
  const text = textOf(articleId, transaction);
  // A part with a separator in it could pass for several: other entries would have the same text.
  if (text.split('\n').length !== 7 + entries.length || text.split('|').length !== 1 + 2 * entries.length)
    return 'has a line feed or a | in one of its parts';
  const expected = createHash('sha256').update(text).digest('hex');
  return hash === expected ? undefined : `has the hash ${hash}, and its text ${expected}`;
}

try {
  let after = null;
  do {
    const { articleId, ledger } = await loadPage(after);
    for (const transaction of ledger.nodes) {
      const found = fault(articleId, transaction);
      if (found !== undefined) throw new Error(`Transaction ${transaction.sequence} ${found}`);
      for (const { account, minorUnits } of transaction.entries)
        balances.set(account, (balances.get(account) ?? 0n) + BigInt(minorUnits));
      last = transaction;
    }
    after = ledger.pageInfo.hasNextPage ? ledger.pageInfo.endCursor : null;
  } while (after !== null);
} catch ({ message, cause }) {
  fail(cause?.message ?? message);
}

for (const [account, balance] of [...balances].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${account.padEnd(14)}${balance} (${last.currency}, minor units)`);
// Note this line: later, the transaction of this number has to have the same hash.
console.log(`${last.sequence} transactions are right; the last hash is ${last.hash}`);
