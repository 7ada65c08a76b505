/**
 * Wraps a method of one of the service's classes. The service has no hooks for faults, so that up to the fault it
 * behaves exactly as in production.
 */
export function around<Of extends object, Name extends keyof Of>(
  prototype: Of,
  name: Name,
  wrap: (original: Of[Name]) => Of[Name],
): void {
  prototype[name] = wrap(prototype[name]);
}
