import { cpus, release, totalmem } from 'node:os';
import { findProgram } from '../test/stage/debian-packages.ts';
import type { PgServer } from '../test/stage/part.ts';
import { runProgram } from '../test/stage/run-program.ts';

/** What the numbers depend on. */
export async function machine(server: PgServer): Promise<Record<string, string | number>> {
  const said = async (...argv: string[]) => {
    const found = findProgram(argv[0] as string);
    if (!found) return 'none';
    const { stdout, stderr } = await runProgram([found, ...argv.slice(1)]);
    return `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
  };
  return {
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? '',
    memoryMb: Math.round(totalmem() / 1e6),
    kernel: release(),
    node: process.version,
    postgres: (await runProgram([`${server.binDirectory}/postgres`, '--version'])).stdout.trim(),
    docker: await said('docker', '--version'),
    gzip: await said('gzip', '--version'),
    igzip: await said('igzip', '--version'),
    pigz: await said('pigz', '--version'),
  };
}
