import { OrchestrateError } from '../errors.ts';
import { importScript } from './import-script.ts';

/**
 * Runs a config file and returns its default export. Rejects with `usage`: what went wrong in it, with file and
 * line, or that it exports nothing.
 */
export async function importConfig(file: string): Promise<unknown> {
  const { default: value } = await importScript(file);
  if (value !== undefined && value !== null) return value;
  throw new OrchestrateError('usage', `${file} has no default export`, {
    hint: 'Let it export the configuration: export default defineConfig({ targets: { … } })',
  });
}
