/** A pledge as it is stored. Amounts are minor units. */
export interface StoredPledge {
  readonly id: string;
  readonly articleId: string;
  /** Names it to the provider. */
  readonly key: string;
  readonly status: string;
  readonly amount: number;
}

/** A row of what moves money. */
export interface Movement {
  readonly table: 'payment' | 'refund' | 'payout';
  readonly id: string;
  readonly articleId: string;
  readonly key: string;
  readonly status: string;
  readonly amount: number;
  /** Of a payment. */
  readonly pledgeId: string | null;
}

/** A transaction of a ledger: `payment:7`. */
export interface LedgerBooking {
  readonly articleId: string;
  readonly kind: string;
  readonly subject: string;
  readonly amount: number;
}

/** What the provider has: a set-up, payment, refund or transfer, with our key of it. */
export interface ProviderObject {
  readonly type: string;
  readonly key: string | null;
  readonly status: string | null;
  readonly amount: number | null;
  /** Of a transfer: what of it came back. */
  readonly reversed: number;
}

/** All that is known about the money of some campaigns, here and at the provider. */
export interface Books {
  readonly pledges: readonly StoredPledge[];
  readonly movements: readonly Movement[];
  readonly bookings: readonly LedgerBooking[];
  readonly totals: readonly {
    readonly articleId: string;
    readonly collected: number;
    readonly paidOut: number;
  }[];
  readonly objects: readonly ProviderObject[];
}

/** A pledge that somebody made, and what must have become of it. */
export interface ExpectedPledge {
  readonly id: string;
  readonly status: string;
}

const objectOf = { payment: 'payment_intent', refund: 'refund', payout: 'transfer' } as const;
const bookedAs = { payment: 'PAYMENT', refund: 'REFUND', payout: 'PAYOUT' } as const;

/** States in which money has moved. */
const moved: ReadonlySet<string> = new Set(['SUCCEEDED', 'PAID', 'REVERSED']);

/** Objects of the provider in which money has moved. A transfer has no status: it is made, or is not. */
const hasMoved = ({ type, status }: ProviderObject): boolean => type === 'transfer' || status === 'succeeded';

/**
 * Compares what the provider has done with what is stored and booked: each payment, refund and payout exactly once on all
 * three sides, with the same amount.
 * @returns the faults
 */
export function checkBooks(books: Books, expected: readonly ExpectedPledge[]): string[] {
  return [
    ...checkPledges(books, expected),
    ...books.movements.flatMap((movement) => checkMovement(movement, books)),
    ...checkStrays(books),
    ...checkTotals(books),
  ];
}

function checkPledges({ pledges, movements, objects }: Books, expected: readonly ExpectedPledge[]): string[] {
  const wanted = new Map(expected.map(({ id, status }) => [id, status]));
  const faults = pledges.flatMap(({ id, key, status }) => {
    const name = `pledge ${id}`;
    const pages = objects.filter((one) => one.type === 'checkout.session' && one.key === key);
    // A page whose answer was lost with its node is nobody's: the pledge may have another one. One is used.
    const used = pages.filter((one) => one.status === 'complete').length;
    const charges = movements.filter(
      (one) => one.table === 'payment' && one.pledgeId === id && moved.has(one.status),
    ).length;
    return [
      ...(wanted.get(id) === undefined ? [`nobody made ${name}, which is ${status}`] : []),
      ...(wanted.has(id) && wanted.get(id) !== status
        ? [`${name} is ${status} instead of ${wanted.get(id)}`]
        : []),
      ...(pages.length > 0 && used <= 1
        ? []
        : [`${name} has ${pages.length} set-ups at the provider, ${used} of them used`]),
      ...(charges > 1 ? [`${name} was collected ${charges} times`] : []),
    ];
  });
  const stored = new Set(pledges.map(({ id }) => id));
  return [...faults, ...expected.filter(({ id }) => !stored.has(id)).map(({ id }) => `pledge ${id} is lost`)];
}

function checkMovement(movement: Movement, { objects, bookings }: Books): string[] {
  const { table, id, key, status, amount, articleId } = movement;
  const name = `${table} ${id}`;
  const once = moved.has(status) ? 1 : 0;
  const made = objects.filter((one) => one.type === objectOf[table] && one.key === key);
  const done = made.filter(hasMoved);
  const faults: string[] = [];
  if (!moved.has(status) && status !== 'FAILED') faults.push(`${name} is still ${status}`);
  if (done.length !== once)
    faults.push(`${name} is ${status}, and was made ${done.length} times by the provider`);
  if (done.some((one) => one.amount !== amount))
    faults.push(`${name} is ${amount} here, and ${done[0]?.amount} at the provider`);
  if (
    made.some(
      (one) => one.type === 'payment_intent' && one.status !== 'succeeded' && one.status !== 'canceled',
    )
  )
    faults.push(`${name} is ${made[0]?.status} at the provider, and might still be made`);
  const booked = (kind: string): LedgerBooking[] =>
    bookings.filter(
      (one) => one.articleId === articleId && one.subject === `${table}:${id}` && one.kind === kind,
    );
  const entries = booked(bookedAs[table]);
  if (entries.length !== once || entries.some((one) => one.amount !== amount))
    faults.push(`${name} is ${status}, and is in the ledger ${entries.length} times`);
  const back = table === 'payout' && status === 'REVERSED' ? amount : 0;
  if (table === 'payout' && done.some((one) => one.reversed !== back))
    faults.push(`${name} is ${status}, and ${done[0]?.reversed} of it came back`);
  if (table === 'payout' && booked('PAYOUT_REVERSED').length !== (back > 0 ? 1 : 0))
    faults.push(
      `${name} is ${status}, and its return is in the ledger ${booked('PAYOUT_REVERSED').length} times`,
    );
  return faults;
}

/** What the provider has done and no row asked for. */
function checkStrays({ objects, movements, pledges }: Books): string[] {
  const keys = new Set([...movements, ...pledges].map(({ key }) => key));
  return objects
    .filter(({ key }) => key === null || !keys.has(key))
    .map(({ type, key }) => `the provider has a ${type} of ${key}, and there is no row of it`);
}

function checkTotals({ totals, movements, bookings }: Books): string[] {
  return totals.flatMap(({ articleId, collected, paidOut }) => {
    const sum = (table: Movement['table'], statuses: readonly string[]): number =>
      movements
        .filter((one) => one.articleId === articleId && one.table === table && statuses.includes(one.status))
        .reduce((total, { amount }) => total + amount, 0);
    const lost = bookings
      .filter((one) => one.articleId === articleId && one.kind === 'DISPUTE_LOST')
      .reduce((total, { amount }) => total + amount, 0);
    const [kept, paid] = [
      sum('payment', ['SUCCEEDED']) - sum('refund', ['SUCCEEDED']) - lost,
      sum('payout', ['PAID']),
    ];
    return [
      ...(kept === collected
        ? []
        : [`article ${articleId} shows ${collected} as collected, and has ${kept}`]),
      ...(paid === paidOut ? [] : [`article ${articleId} shows ${paidOut} as paid out, and has ${paid}`]),
    ];
  });
}
