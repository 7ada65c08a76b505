import { describe, expect, it } from '@jest/globals';
import { buildASTSchema, isScalarType, isSpecifiedScalarType } from 'graphql';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import scalars from '../../examples/front-end/scalars.json' with { type: 'json' };
import { exampleArtefacts, exampleFolder, readSchema } from '../support/generate-types.ts';

const generatedFolder = join(exampleFolder, 'generated');

describe('graphql-codegen', () => {
  it('makes the types in generated/', async () => {
    const files = await exampleArtefacts();
    if (process.env.UPDATE_GOLDEN) {
      await mkdir(generatedFolder, { recursive: true });
      for (const [name, text] of files) await writeFile(join(generatedFolder, name), text);
    }
    // `UPDATE_GOLDEN=1 npm test -- test/clients/codegen` writes them anew.
    expect((await readdir(generatedFolder)).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) {
      expect(text).toBe(await readFile(join(generatedFolder, name), 'utf8'));
    }
  });

  it('finds every scalar of the schema in the published map, and no other', async () => {
    const own = Object.values(buildASTSchema(await readSchema()).getTypeMap())
      .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
      .map(({ name }) => name);
    // Of the standard ones, codegen is told about `ID` alone, which it would let be a number.
    expect(Object.keys(scalars).sort()).toEqual([...own, 'ID'].sort());
  });
});
