import { DefaultNamingStrategy } from 'typeorm';

/**
 * Columns are the snake_case of their property, so that no entity repeats a name. Tables and constraints are
 * named where they are declared: those names stand in migrations, plans and error messages.
 */
export class SnakeCaseNaming extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName || propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
