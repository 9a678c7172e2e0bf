import { afterFile } from './after-file.ts';
import { uniqueName } from './databases.ts';
import { docker } from './docker.ts';
import { hostPrograms } from './host-programs.ts';
import type { Engine } from './part.ts';
import { type Container, type RunRequest, runContainer } from './run-container.ts';
import { runProgram } from './run-program.ts';
import { stage } from './stage.ts';

export { type Container, whenReady } from './run-container.ts';

export interface ContainerRequest extends Omit<RunRequest, 'name'> {
  /** Of the image: this machine's own major when left out. */
  readonly major?: 17;
  readonly name?: string;
}

export function engine(): Promise<Engine> {
  return stage('engine');
}

/** Starts PostgreSQL in a container, waits until it answers, and removes it with its volume after the file. */
export async function startContainer(request: ContainerRequest = {}): Promise<Container> {
  const { major, name = uniqueName('pg'), ...rest } = request;
  const [image, host] = [await stage(major === 17 ? 'image17' : 'hostImage'), await engine()];
  // Also one that never answers.
  afterFile(() => runProgram(docker(host, 'rm', '-f', '-v', name)));
  const programs = () => (major === 17 ? stage('programs17') : hostPrograms());
  return runContainer(host, image, programs, { ...rest, name });
}
