import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Manifest, manifestName, type Proof } from '../catalog/manifest.ts';
import { stageFile } from './staged-file.ts';

/** Writes into the manifest of a published backup what a proof found. Its other keys, also unknown ones, stay. */
export async function recordProof(path: string, proof: Proof, runId: string): Promise<void> {
  const manifest: Manifest = JSON.parse(await readFile(manifestName(path), 'utf8'));
  const staged = await stageFile(dirname(path), runId);
  try {
    await staged.handle.writeFile(`${JSON.stringify({ ...manifest, proof }, null, 2)}\n`);
    await staged.replace(basename(manifestName(path)));
  } finally {
    await staged.discard();
  }
}
