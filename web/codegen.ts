import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };

/** For `graphql-codegen`: types of the operations and fragments that stand beside the components. */
export default {
  schema: '../schema.graphql',
  documents: '**/*.{ts,tsx}',
  generates: {
    'graphql/generated/': {
      preset: 'client' as const,
      // Apollo Client masks by itself: a component sees the fields of its own fragment, in types and at run time.
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
