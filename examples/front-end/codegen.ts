import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };

/** Configuration of `graphql-codegen`: types for all documents under `documents/`. */
export default {
  // The schema's file, or its address at a running service: http://127.0.0.1:4000/schema.graphql
  schema: '../../schema.graphql',
  documents: 'documents/*.graphql',
  generates: {
    'generated/': {
      preset: 'client' as const,
      presetConfig: { fragmentMasking: false },
      // `strictScalars`: a scalar that is missing in the map is an error here instead of becoming `any`.
      config: { scalars, strictScalars: true, useTypeImports: true },
      // Normalising caches need `__typename`, so the types have it, too.
      documentTransforms: [addTypenameSelectionDocumentTransform],
    },
  },
};
