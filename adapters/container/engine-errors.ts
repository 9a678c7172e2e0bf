import { OrchestrateError } from '../../src/errors.ts';

/** Why there is no answer from an engine, with what to do about it. */
export function engineUnreachable(engine: string, error: unknown): OrchestrateError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new OrchestrateError('unreachable', `${engine} cannot be reached: ${message}`, {
    cause: error,
    hint: hints.find(([codes]) => codes.test(code ?? message))?.[1] ?? otherwise,
  });
}

const otherwise = 'Start Docker, or set DOCKER_HOST to where its engine listens; try it with: docker version';

const hints: readonly [RegExp, string][] = [
  [
    /EACCES|EPERM/,
    'Let this user talk to Docker and log in again: sudo usermod -aG docker "$USER"; rootless Docker is set with: docker context use rootless',
  ],
  [
    /CERT|SELF_SIGNED|SIGNATURE|SSL|TLS/,
    'Check the certificates in DOCKER_CERT_PATH (ca.pem, cert.pem, key.pem); try them with: docker version',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'Check the host name in DOCKER_HOST or in the context: docker context ls'],
];
