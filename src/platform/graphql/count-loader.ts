import DataLoader from 'dataloader';

/** Loads the length of the one list of its kind, once for all fields that select it. */
export function totalLoader(select: () => Promise<number>): DataLoader<'all', number> {
  return new DataLoader(async (keys) => {
    const count = await select();
    return keys.map(() => count);
  });
}

/** Loads counts by key; 0 for keys that the statement does not return. */
export function countLoader(
  select: (keys: readonly string[]) => Promise<readonly { id: string; count: number }[]>,
): DataLoader<string, number> {
  return new DataLoader(async (keys) => {
    const counts = new Map((await select(keys)).map((row) => [row.id, row.count]));
    return keys.map((key) => counts.get(key) ?? 0);
  });
}
