const [hourMs, dayMs] = [3_600_000, 86_400_000];

/** Digests of different days are at least so far apart, also if one was late. */
const leastPauseMs = 12 * hourMs;

/**
 * When the next digest of an account is due: at its place within the hour of the day, which spreads the digests of a site, and
 * not soon after the last one.
 * @param hour the hour of the day, in UTC
 */
export function nextDigest(
  now: Date,
  { accountId, digestedAt, hour }: { accountId: string; digestedAt: Date | null; hour: number },
): Date {
  const place = hour * hourMs + Number((BigInt(accountId) * 1_000_003n) % 3600n) * 1000;
  const after = Math.max(now.getTime(), (digestedAt?.getTime() ?? 0) + leastPauseMs);
  const day = Math.floor((after - place) / dayMs) + 1;
  return new Date(day * dayMs + place);
}
