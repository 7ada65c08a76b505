import { getMetadataStorage } from 'type-graphql';
import { getMetadataArgsStorage } from 'typeorm';

/**
 * Takes classes out of the registries of type-graphql and TypeORM, which are of the process: the schema of the files that it runs
 * afterwards would have them as well.
 */
export function forgetClasses(...classes: readonly (abstract new (...values: never[]) => unknown)[]): void {
  for (const registry of [getMetadataStorage(), getMetadataArgsStorage()])
    for (const [name, entries] of Object.entries(registry))
      if (Array.isArray(entries))
        Object.assign(registry, {
          [name]: entries.filter(
            ({ target }: { target?: unknown }) => !classes.some((each) => each === target),
          ),
        });
}
