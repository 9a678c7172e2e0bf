import { OrchestrateError, signalExitCodes } from './errors.ts';

/** Where the signals that end a program go. */
export interface Signals {
  /** Aborted by a signal that was meant for this run, which cleans up and then ends with the signal's own code. */
  readonly interruption: AbortSignal;
  /** While it is set, signals go to it instead. */
  receiver: ((signal: NodeJS.Signals) => void) | undefined;
}

/** Listens to SIGHUP, SIGINT and SIGTERM from now on. */
export function listenToSignals(): Signals {
  const controller = new AbortController();
  const signals: Signals = { interruption: controller.signal, receiver: undefined };
  for (const [name, exitCode] of Object.entries(signalExitCodes)) {
    process.on(name, (signal: NodeJS.Signals) => {
      if (signals.receiver) signals.receiver(signal);
      else controller.abort(new OrchestrateError('interrupted', `interrupted by ${signal}`, { exitCode }));
    });
  }
  return signals;
}
