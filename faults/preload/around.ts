/**
 * Puts something around a method of one of the service's classes. The service itself has no hooks for this: what it
 * would do without is what it does, up to the moment that is asked for.
 */
export function around<Of extends object, Name extends keyof Of>(
  prototype: Of,
  name: Name,
  wrap: (original: Of[Name]) => Of[Name],
): void {
  prototype[name] = wrap(prototype[name]);
}
