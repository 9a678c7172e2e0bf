import type { RunEvent } from '../contract/run-context.ts';
import { sizeInWords } from './words.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;

const every = { terminal: 100, elsewhere: 10_000 }; // milliseconds

/** One line that is rewritten on a terminal; elsewhere a plain line now and then. */
export function progressLine(stream: NodeJS.WriteStream): { show(progress: Progress): void; clear(): void } {
  const moving = stream.isTTY === true;
  let stage = '';
  let began = 0;
  let shown = 0;
  let visible = false;
  return {
    show(progress) {
      const now = performance.now();
      if (progress.stage !== stage) {
        stage = progress.stage;
        began = now;
        shown = moving ? 0 : now;
      }
      if (now - shown < (moving ? every.terminal : every.elsewhere)) return;
      shown = now;
      const line = inWords(progress, (now - began) / 1000);
      stream.write(moving ? `\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1)}` : `${line}\n`);
      visible = moving;
    },
    clear() {
      if (visible) stream.write('\r\x1b[2K');
      visible = false;
    },
  };
}

function inWords({ stage, bytes, total }: Progress, seconds: number): string {
  const share = total ? ` of ${sizeInWords(total)}` : '';
  const rate = seconds > 0.5 ? `, ${sizeInWords(bytes / seconds)}/s` : '';
  return `${stage}: ${sizeInWords(bytes)}${share}${rate}, ${Math.floor(seconds)} s`;
}
