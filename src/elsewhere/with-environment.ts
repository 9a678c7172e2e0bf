import { OrchestrateError } from '../errors.ts';

/**
 * A command that runs another one with additions to its environment. Secrets are no arguments: they are the first
 * lines of its stdin, which is `input`; the rest of stdin is the other command's.
 */
export function withEnvironment(
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
  command: readonly string[],
): { readonly argv: readonly string[]; readonly input: string } {
  for (const [name, value] of Object.entries(secrets)) {
    if (!/[\n\0]/.test(value)) continue;
    throw new OrchestrateError('usage', `${name} cannot be handed over: it has more than one line`);
  }
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return {
    argv: ['sh', '-c', script, 'sh', ...assignments, ...Object.keys(secrets), '--', ...command],
    input: Object.values(secrets)
      .map(value => `${value}\n`)
      .join(''),
  };
}

/** `read` takes byte after byte from a pipe, and so nothing beyond its line. */
const script = `
while [ "$1" != -- ]; do
  case $1 in *=*) export "$1";; *) IFS= read -r line; export "$1=$line";; esac
  shift
done
shift
unset line
exec "$@"
`;
