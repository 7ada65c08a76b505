import { Extensions } from 'type-graphql';

/**
 * Marks a field whose value depends on who asks. Its name begins with `viewer`; answers that hold none of these may be
 * shared between viewers.
 */
export const ViewerDependent = (): PropertyDecorator & MethodDecorator =>
  Extensions({ viewerDependent: true });
