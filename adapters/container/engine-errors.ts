import { OrchestrateError } from '../../src/errors.ts';

/** Why there is no answer from an engine, with what to do about it. */
export function engineUnreachable(describe: string, forwarding: string, error: unknown): OrchestrateError {
  const { code } = error as NodeJS.ErrnoException;
  const message = forwarding ? `ssh says: ${forwarding}` : (error as Error).message;
  return new OrchestrateError('unreachable', `${describe} cannot be reached: ${message}`, {
    cause: error,
    hint: forwarding ? behindSsh : (hints.find(([codes]) => codes.test(code ?? message))?.[1] ?? otherwise),
  });
}

const behindSsh =
  'Let that user talk to Docker there; an engine that listens elsewhere is named with its socket: ssh://user@host/run/user/1000/docker.sock';
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
