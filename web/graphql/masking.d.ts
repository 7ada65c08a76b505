import { type GraphQLCodegenDataMasking } from '@apollo/client/masking';

declare module '@apollo/client' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- codegen's types are masked already
  export interface TypeOverrides extends GraphQLCodegenDataMasking.TypeOverrides {}
}
