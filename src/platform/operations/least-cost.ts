import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  type DocumentNode,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import type { PriceSettings } from '../graphql/price.ts';
import { operationCost } from './cost.ts';
import { RefusedError } from './refused.ts';

/** Values of which one is valid for each scalar: numbers are the smallest page. */
const scalarValues = [1, 'x', '2000-01-01T00:00:00Z', 'EUR'];

/** A small value of a type that must have one. */
function smallValue(type: GraphQLInputType, isOn: boolean): unknown {
  if (isNonNullType(type)) return smallValue(type.ofType, isOn);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    const given = type.isOneOf ? Object.values(type.getFields()).slice(0, 1) : required;
    return Object.fromEntries(given.map((field) => [field.name, smallValue(field.type, isOn)]));
  }
  if (type.name === 'Boolean') return isOn;
  return scalarValues.find((value) => {
    try {
      return type.parseValue(value) !== undefined;
    } catch {
      return false;
    }
  });
}

/** Small values of the variables without which an operation does not run. */
function smallVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  isOn: boolean,
): Record<string, unknown> {
  const required = variableDefinitions.filter(
    ({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined,
  );
  return Object.fromEntries(
    required.flatMap(({ variable, type: node }) => {
      const type = typeFromAST(schema, node) as GraphQLInputType | undefined;
      return type ? [[variable.name.value, smallValue(type, isOn)]] : [];
    }),
  );
}

/**
 * What an operation costs at least, in points, before anybody has given its variables: those that it needs have small values,
 * the others are left out.
 * @returns undefined where what is wrong may be such a value
 * @throws as `operationCost`
 */
export function leastCost(
  schema: GraphQLSchema,
  asked: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode },
  settings: PriceSettings,
): number | undefined {
  // Conditions that a request decides may add fields or take them away.
  const costs = [true, false].map((isOn) => {
    const variables = smallVariables(schema, asked.operation, isOn);
    try {
      return operationCost({ schema, ...asked, variables, settings });
    } catch (error) {
      if (error instanceof RefusedError && Object.keys(variables).length > 0) return undefined;
      throw error;
    }
  });
  const known = costs.filter((cost) => cost !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
