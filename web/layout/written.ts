/**
 * Attributes of what shows or takes what people write. It is read by its own direction, and its language is unknown: voices and
 * fonts would otherwise take it for English.
 */
export const written = { dir: 'auto', lang: '' } as const;
