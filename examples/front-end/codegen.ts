import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import scalars from './scalars.json' with { type: 'json' };

/** For `graphql-codegen`: typed documents of everything under `documents/`. */
export default {
  // The file, or a running service: http://127.0.0.1:4000/graphql
  schema: '../../schema.graphql',
  documents: 'documents/*.graphql',
  generates: {
    'generated/': {
      preset: 'client' as const,
      presetConfig: { fragmentMasking: false },
      // `strictScalars`: a scalar that the map does not know fails here instead of becoming `any`.
      config: { scalars, strictScalars: true, useTypeImports: true },
      // Caches that normalise need `__typename`; so the types have it too.
      documentTransforms: [addTypenameSelectionDocumentTransform],
    },
  },
};
