import { DefaultNamingStrategy } from 'typeorm';

/** The column of a property. */
export const columnOf = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Column names are the property names in snake_case, so that entities need not repeat them. Tables and constraints are
 * named where they are declared, because those names appear in migrations, plans and error messages.
 */
export class SnakeCaseNaming extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName || columnOf(propertyName);
  }
}
