import { formatAge, formatDay, formatTime } from '../format.ts';
import { useNow } from './use-now.ts';

/** The age of an instant, with the full time as a tooltip. */
export function Age({ time }: { readonly time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatAge(time, now)}
    </time>
  );
}

export function Day({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatDay(time)}
    </time>
  );
}
