import { runProgram } from './run-program.ts';

/** Programs of this machine that have that PGAPPNAME in their environment; elsewhere than on Linux none can be found. */
export async function programsNamed(application: string): Promise<string> {
  const script = 'grep -la "PGAPPNAME=$1" /proc/[0-9]*/environ 2>/dev/null';
  return (await runProgram(['sh', '-c', script, 'sh', application])).stdout;
}
