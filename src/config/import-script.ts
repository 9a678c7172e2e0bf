import { readFileSync } from 'node:fs';
import {
  createRequire,
  type LoadFnOutput,
  type LoadHookContext,
  type ResolveFnOutput,
  type ResolveHookContext,
  registerHooks,
} from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { placeIn, scriptError } from './script-error.ts';

/**
 * Runs a file of the user's and returns what it exports; what `module.exports` of a CommonJS file is stands as its
 * default export. Rejects with `usage`: what went wrong in it, with file and line.
 */
export async function importScript(file: string): Promise<Readonly<Record<string, unknown>>> {
  const hooks = registerHooks({ resolve: ownPackage, load: moduleSyntax });
  try {
    const exported = await exportsOf(file);
    // What a compiler made of a module.
    const inner = exported.default as Record<string, unknown> | null | undefined;
    return inner?.__esModule ? inner : exported;
  } catch (error) {
    throw scriptError(error, file, await syntaxErrorPlace(error, file));
  } finally {
    hooks.deregister();
  }
}

async function exportsOf(file: string): Promise<Record<string, unknown>> {
  // Below an imported CommonJS file, Node 22 does not ask the hooks about what that requires.
  if (/\.c[jt]s$/.test(file)) return { default: await createRequire(file)(file) };
  const exported: Record<string, unknown> = await import(pathToFileURL(file).href);
  return { ...exported, default: await exported.default };
}

/**
 * For a syntax error in a JavaScript module Node tells the line only to a terminal. Its reader of TypeScript, which
 * is stricter here than V8 and runs nothing, puts it into the stack.
 */
async function syntaxErrorPlace(error: unknown, file: string): Promise<unknown> {
  if (!(error instanceof SyntaxError) || placeIn(error, file) !== undefined) return undefined;
  const url = `${pathToFileURL(file).href}?place`;
  const hooks = registerHooks({
    load: (loaded, context, next) =>
      next(loaded, loaded === url ? { ...context, format: 'module-typescript' } : context),
  });
  try {
    await import(url);
  } catch (again) {
    return again;
  } finally {
    hooks.deregister();
  }
  return undefined;
}

/** `db-orchestrate` means the package that runs, which through npx or a global install no project can resolve. */
function ownPackage(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
): ResolveFnOutput {
  if (specifier !== 'db-orchestrate') return next(specifier, context);
  // index.ts when run from source, index.js when built.
  const url = new URL(`../index${extname(import.meta.url)}`, import.meta.url).href;
  return { url, shortCircuit: true };
}

/**
 * Node takes the word of a `"type": "commonjs"`, which `npm init` writes unasked, over what stands in the file, and
 * then says that `import` is no syntax. What is written as a module is loaded as one here.
 */
function moduleSyntax(
  url: string,
  context: LoadHookContext,
  next: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
): LoadFnOutput {
  const undecided =
    context.format === 'commonjs' || context.format === 'commonjs-typescript' || !context.format;
  const [, extension] = /\.([jt]s)$/.exec(url) ?? [];
  if (!undecided || !extension || !url.startsWith('file:') || url.includes('/node_modules/'))
    return next(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  if (!/^\s*(import\b\s*[\w{*'"]|export\b\s*(default\b|[{*]|\w+\s))/m.test(source)) return next(url, context);
  return next(url, { ...context, format: extension === 'ts' ? 'module-typescript' : 'module' });
}
