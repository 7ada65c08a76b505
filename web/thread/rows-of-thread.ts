import {
  type Branch,
  type CommentRow,
  type Entry,
  type OwnEntry,
  type Row,
  type ThreadSort,
} from './thread-entry.ts';

/** Options of the rows, apart from the comments. */
export interface RowsOptions {
  readonly sort: ThreadSort;
  readonly isFlat: boolean;
  readonly maxLevel: number;
  readonly root: Entry | undefined;
  readonly recent: ReadonlySet<string>;
  readonly folded: ReadonlySet<string>;
  readonly branches: ReadonlyMap<string, Branch>;
  readonly own: readonly OwnEntry[];
}

/** Level of indentation. */
export function levelOf(depth: number, { isFlat, root }: Pick<RowsOptions, 'isFlat' | 'root'>): number {
  if (isFlat) return 0;
  return root ? depth - root.depth - 1 : depth;
}

/** @param entries in list order */
export function rowsOf(entries: readonly Entry[], options: RowsOptions): Row[] {
  const { sort, isFlat, recent, folded, branches, own } = options;
  const rows: Row[] = [];
  let hiddenBelow: string | undefined;
  let branch: Entry | undefined;
  const endBranch = () => {
    if (branch && branches.get(branch.id)?.hasNext === true && !folded.has(branch.id))
      rows.push({ kind: 'more', key: `more:${branch.id}`, id: branch.id, level: 1 });
  };
  for (const entry of entries) {
    const { id, depth, threadPosition } = entry;
    if (hiddenBelow !== undefined && threadPosition.startsWith(hiddenBelow)) continue;
    const level = levelOf(depth, options);
    const isFolded = !isFlat && folded.has(id);
    hiddenBelow = isFolded ? threadPosition : undefined;
    if (sort === 'TOP' && depth === 0) {
      endBranch();
      branch = entry;
    }
    const below = belowOf(entry, level, options);
    rows.push({ kind: 'comment', key: id, id, level, isNew: recent.has(id), isFolded, below });
  }
  endBranch();
  for (const each of own) insertOwn(rows, each, options);
  return rows;
}

function belowOf({ id, depth }: Entry, level: number, options: RowsOptions): CommentRow['below'] {
  if (options.isFlat) return 'here';
  if (options.sort === 'TOP' && depth === 0 && !options.branches.has(id)) return 'branch';
  return level >= options.maxLevel ? 'continue' : 'here';
}

/** Inserts the row after the last reply to its parent, at the place that the service will give it. */
function insertOwn(rows: Row[], { key, parentId }: OwnEntry, { sort, isFlat, root }: RowsOptions): void {
  const parent = rows.findIndex((row) => row.kind === 'comment' && row.id === parentId);
  const level = rows[parent]?.level ?? -1;
  const row: Row = { kind: 'own', key: `own:${key}`, level: isFlat ? 0 : level + 1 };
  if (parent < 0 && root) rows.push(row);
  else if (parent < 0 || isFlat) rows.splice(sort === 'OLDEST' ? rows.length : 0, 0, row);
  else {
    let index = parent + 1;
    while (index < rows.length && (rows[index] as Row).level > level) index++;
    rows.splice(index, 0, row);
  }
}
