import { digitsOf, majorUnits, type Money } from './currency.ts';

/** The page's language, in which the browser formats dates and numbers. */
const language = 'en';

const instant = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
const deadline = new Intl.DateTimeFormat(language, {
  year: 'numeric',
  // As short as it can be: its line is not to be broken.
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
});
const longDay = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
// A date without a time is not midnight UTC: it is the same day in every time zone.
const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const number = new Intl.NumberFormat(language);
const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
const plural = new Intl.PluralRules(language);
const list = new Intl.ListFormat(language);

export const formatNumber = (value: number): string => number.format(value);
export const formatCompact = (value: number): string => compact.format(value);
export const formatList = (items: readonly string[]): string => list.format(items);

/** The number with the matching form of the noun, e.g. `3 comments`. */
export const formatCount = (count: number, one: string, other: string): string =>
  `${number.format(count)} ${plural.select(count) === 'one' ? one : other}`;

/** @param time a `PartialDateTime`; its length is its precision */
export function formatTime(time: string): string {
  if (time.length === 4) return time;
  const date = new Date(time);
  if (time.length === 7) return month.format(date);
  return time.length === 10 ? day.format(date) : instant.format(date);
}

const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

/** A time of today by the reader’s clock; on another day with its date. */
export function formatClock(time: string): string {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : deadline.format(date);
}

/** A span of whole hours, minutes or seconds, e.g. `5 minutes`; of one alone, `minute`. */
export function formatSpan(seconds: number): string {
  const [unit, length] = spans.find(([, each]) => seconds % each === 0) ?? ['second', 1];
  return seconds === length ? unit : formatCount(seconds / length, unit, `${unit}s`);
}

const spans = [
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** What is left as a clock shows it, e.g. `4:05`. */
export const formatCountdown = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** An instant by which something has to be done: with the name of its time zone. */
export const formatDeadline = (time: string): string => deadline.format(new Date(time));

/** Like `formatTime`, but without the time of day. */
export const formatDay = (time: string): string =>
  time.length > 10 ? longDay.format(new Date(time)) : formatTime(time);

/** Formats of one kind by currency. */
const moneyFormats = (options: Intl.NumberFormatOptions) => {
  const formats = new Map<string, Intl.NumberFormat>();
  return (money: Money): string => {
    const { currency } = money;
    const digits = digitsOf(currency);
    const format =
      formats.get(currency) ??
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        ...options,
      });
    formats.set(currency, format);
    // Formats take decimal numbers as texts, which keep all digits.
    return format.format(majorUnits(money));
  };
};

/** An amount with the sign of its currency, exactly; round amounts, as goals are, are shorter: `€12.34`, `€1,200`. */
export const formatMoney = moneyFormats({ trailingZeroDisplay: 'stripIfInteger' });

/** As `formatMoney`, with all digits, as in a book: `€12.34`, `€1,200.00`, `¥1,234`. */
export const formatBookedMoney = moneyFormats({});

/** How long it is until an instant, e.g. `12 days left`; undefined: it has passed. @param now milliseconds */
export function formatTimeLeft(time: string, now: number): string | undefined {
  const seconds = (Date.parse(time) - now) / 1000;
  if (seconds <= 0) return undefined;
  for (const [unit, length] of units)
    if (seconds >= length) return `${formatCount(Math.floor(seconds / length), unit, `${unit}s`)} left`;
  return 'less than a minute left';
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/**
 * The age of an instant, up to a week; for older instants and partial dates, the date.
 * @param time a `PartialDateTime`
 * @param now milliseconds
 */
export function formatAge(time: string, now: number): string {
  if (time.length <= 10) return formatTime(time);
  const seconds = (now - Date.parse(time)) / 1000;
  if (seconds > 7 * 86_400) return longDay.format(new Date(time));
  for (const [unit, length] of units) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return relative.format(0, 'second');
}
