import { OrchestrateError } from '../../errors.ts';

/** What was found of one thing that a backup, a proof or a restore needs. */
export interface Check {
  readonly name: string;
  /** `failed`: a backup would fail; `warning`: a proof or a restore would, or it is worth knowing. */
  readonly level: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** Which one it is about, where a target has several. */
  readonly database?: string | undefined;
  /** What mends it, as a full sentence with the command. */
  readonly hint?: string | undefined;
  /** What a backup would end with; of a failed one only. */
  readonly exitCode?: number;
}

export function ok(name: string, detail: string): Check {
  return { name, level: 'ok', detail };
}

export function warning(name: string, detail: string, hint?: string): Check {
  return { name, level: 'warning', detail, hint };
}

/** `error`: what a backup would reject with. */
export function failed(name: string, { message, hint, exitCode }: OrchestrateError): Check {
  return { name, level: 'failed', detail: message, hint, exitCode };
}

/** What a look found, or the expected failure that it rejected with; anything else is a defect, and thrown. */
export async function looked(
  name: string,
  look: () => Promise<Check | readonly Check[]>,
  fault: (name: string, error: OrchestrateError) => Check = failed,
): Promise<readonly Check[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (error instanceof OrchestrateError && error.code !== 'interrupted') return [fault(name, error)];
    throw error;
  }
}

/** For what a backup does without. */
export function asWarning(name: string, { message, hint }: OrchestrateError): Check {
  return warning(name, message, hint);
}
