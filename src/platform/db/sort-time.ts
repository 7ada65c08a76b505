/** The years 1 to 9999, in microseconds since 1970: wider than any time of an article, narrower than `timestamptz`. */
const [minMicros, maxMicros] = ['-62135596800000000', '253402300799999999'];

/**
 * SQL for the time in a cursor. Microseconds, so that a cursor is as precise as the column; a forged value is clamped to
 * the range of the type.
 * @param parameter SQL for microseconds since 1970
 */
export const timeOf = (parameter: string): string =>
  `timestamptz 'epoch' + least(greatest(${parameter}::bigint, ${minMicros}), ${maxMicros}) * interval '1 microsecond'`;
