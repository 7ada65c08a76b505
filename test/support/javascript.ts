import { readFile } from 'node:fs/promises';
import ts from 'typescript';

/** A TypeScript module as JavaScript, whose relative imports name JavaScript as well. */
export async function javascriptOf(file: string): Promise<string> {
  const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  return outputText;
}
