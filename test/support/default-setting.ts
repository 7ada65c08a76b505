import { type Config, parseConfig } from '../../src/platform/config/config.ts';

/** The default of a setting, by the name of its variable. */
export function defaultOf(name: string): unknown {
  const field = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return parseConfig({})[field as keyof Config];
}
