import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };

/** Configuration of `graphql-codegen`: types of the operations and fragments in the components' files. */
export default {
  schema: '../schema.graphql',
  documents: '**/*.{ts,tsx}',
  generates: {
    'graphql/generated/': {
      preset: 'client' as const,
      // Apollo Client does the masking: a component sees only the fields of its own fragment, in types and at run time.
      presetConfig: { fragmentMasking: false },
      config: {
        scalars,
        strictScalars: true,
        useTypeImports: true,
        inlineFragmentTypes: 'mask',
        customDirectives: { apolloUnmask: true },
      },
      documentTransforms: [addTypenameSelectionDocumentTransform],
    },
  },
};
