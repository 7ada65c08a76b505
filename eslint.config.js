import graphql from '@graphql-eslint/eslint-plugin';
import regexp from 'eslint-plugin-regexp';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const code = ['**/*.{ts,tsx,js,cjs}'];

// The plugin takes the first one that it is given for all files.
const graphqlLanguage = {
  parser: graphql.parser,
  parserOptions: {
    graphQLConfig: { schema: 'schema.graphql', documents: 'examples/{front-end/documents,agents}/*.graphql' },
  },
};

export default tseslint.config(
  {
    ignores: [
      'examples/*.mjs',
      'examples/front-end/generated',
      'web/graphql/generated',
      'src/carriers/feeds/generated',
      'src/features/*/page.generated.ts',
      'dist',
      'packages/*/dist',
      'node_modules',
      '.data',
      'coverage',
      'test-artefacts',
    ],
  },
  { files: code, extends: [tseslint.configs.recommendedTypeChecked] },
  {
    files: code,
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', '*.cjs'] } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    // Work with texts of clients takes time in proportion to their length. What may not, stands in `src/platform/text/`, with its worst input in
    // `test/platform/text/worst-inputs.test.ts`. Settings, imports and programs beside the service read files of the operator.
    files: ['src/**/*.ts'],
    ignores: ['src/{platform/{text,config,db},commands,features/{import,demo}}/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='normalize']",
          message: 'Texts are normalised in src/platform/text/, where their length is bounded.',
        },
        {
          selector: "CallExpression[callee.property.name='split'] > Literal[regex]",
          message: 'Texts are split by expressions in src/platform/text/, where their length is bounded.',
        },
        ...[
          "Property[key.name='client'] > CallExpression[callee.name='clientOf']",
          "Property[key.name='client'] > TemplateLiteral[quasis.0.value.raw=/^(account|token):/]",
        ].map((selector) => ({
          selector,
          message:
            'A transaction for a viewer is given the viewer, so that it locks the rights that it uses.',
        })),
        ...[
          "MemberExpression[object.name='headers'][property.name='host']",
          "MemberExpression[object.property.name='headers'][property.name='host']",
          'MemberExpression[property.value=/^(host|x-forwarded-host|forwarded)$/i]',
          'MemberExpression[object.name=/^req(uest)?$/][property.name=/^(host|hostname)$/]',
          'VariableDeclarator[init.name=/^(headers|req|request)$/] > ObjectPattern > Property[key.name=/^(host|hostname)$/]',
          "VariableDeclarator[init.property.name='headers'] > ObjectPattern > Property[key.name='host']",
          'ObjectPattern[typeAnnotation.typeAnnotation.typeName.name=/^(IncomingHttpHeaders|FastifyRequest|IncomingMessage|OriginHeaders)$/] Property[key.name=/^(host|hostname)$/]',
        ].map((selector) => ({
          selector,
          message:
            'The Host header is the client’s: src/platform/http/origins.ts alone reads it, for addresses.',
        })),
        {
          selector: "CallExpression[callee.property.name='hasRoute']",
          message: 'Addresses are looked up by findRoute: hasRoute compiles the expressions in them.',
        },
        {
          selector: ':function :matches(NewExpression, CallExpression)[callee.name="RegExp"]',
          message: 'Expressions are constants: one that is made of a text of a client takes any time.',
        },
        // Fastify’s `parseAs` collects bodies that nobody counts, as a parser of its own may.
        ...[
          "Property[key.name='parseAs']",
          "CallExpression[callee.property.name='addContentTypeParser']:not([arguments.1.name=/^receive(Bytes|Json)$/])",
        ].map((selector) => ({
          selector,
          message: 'Bodies are received by src/platform/http/received-bytes.ts, which counts them.',
        })),
      ],
    },
  },
  // Programs that print what they have received.
  { files: ['examples/ways/*.ts'], rules: { 'no-console': 'off' } },
  {
    // What people write is read by its own direction and in no language of ours, also while they write it.
    files: ['web/**/*.tsx'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "JSXOpeningElement[name.name=/^(input|textarea)$/]:not(:has(> JSXSpreadAttribute[argument.name='written'])):not(:has(> JSXAttribute[name.name='type'][value.value=/^(checkbox|radio|file|hidden|number|date|datetime-local|password)$/]))",
          message: 'Fields for texts have {...written}.',
        },
        {
          selector:
            "JSXAttribute[name.name='dir'][value.value='auto'], JSXOpeningElement[name.name='bdi']:not(:has(> JSXAttribute[name.name='lang']))",
          message:
            'What people write has {...written}, or <bdi lang=""> in a sentence: its language is unknown.',
        },
      ],
    },
  },
  { files: ['web/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    // A test knows the shape of the answer to its own query; spelling it out as a type would say it twice.
    files: ['test/**', 'packages/*/test/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    files: ['schema.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: graphqlLanguage,
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Each list that is not a page says what bounds it, in test/platform/graphql/schema.test.ts.
      // A transaction of a ledger and a backer are parts of their campaign, and are never fetched by themselves.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false },
      ],
      // Events, payloads and values have no identity. What has one is a `Node`.
      '@graphql-eslint/strict-id-in-types': 'off',
      '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    },
  },
  {
    files: ['examples/**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: graphqlLanguage,
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // A nested thread has nine levels; the service allows fifteen.
      '@graphql-eslint/selection-set-depth': ['error', { maxDepth: 9 }],
    },
  },
  {
    // The operations of agents stand alone, and no cache needs the ids in them.
    files: ['examples/agents/*.graphql'],
    rules: {
      '@graphql-eslint/require-selections': 'off',
      '@graphql-eslint/selection-set-depth': 'off',
    },
  },
);
