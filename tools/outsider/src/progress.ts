import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a step has come: a bar in a terminal, a line now and then elsewhere. */
export interface Progress {
  /** Fraction in [0, 1] and a short note. Another title starts another bar. */
  update(title: string, fraction: number, note?: string): void;
  /** Prints a line above what comes next. */
  line(text: string): void;
  finish(): void;
}

export function showProgress(output: NodeJS.WriteStream = process.stdout): Progress {
  return output.isTTY ? bars(output) : lines(output);
}

function bars(output: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  let current = '';
  function finish(): void {
    bar?.update(1);
    bar?.stop();
    bar = undefined;
  }
  return {
    update(title, fraction, note = '') {
      if (title !== current || !bar) {
        finish();
        current = title;
        const format = `  ${title.padEnd(28)} {bar} {percentage}%  {note}`;
        const barsize = output.columns < 120 ? 12 : 30; // the note says more than the bar
        bar = new SingleBar({ format, stream: output, hideCursor: true, barsize, fps: 8 }, Presets.shades_classic);
        bar.start(1, 0, { note });
      }
      bar.update(Math.min(fraction, 1), { note });
    },
    line(text) {
      finish();
      output.write(`${text}\n`);
    },
    finish,
  };
}

/** Without a terminal: each title once, then every quarter of the way. */
function lines(output: NodeJS.WriteStream): Progress {
  let current = '';
  let lastFraction = 0;
  let nextFraction = 0;
  return {
    update(title, fraction, note = '') {
      // A step that has two parts begins twice.
      if (title !== current || fraction < lastFraction) nextFraction = 0;
      current = title;
      lastFraction = fraction;
      if (fraction < nextFraction) return;
      output.write(`  ${title}: ${Math.round(fraction * 100)} %${note ? `  ${note}` : ''}\n`);
      nextFraction = Math.floor(fraction * 4) / 4 + 0.25;
    },
    line: (text) => void output.write(`${text}\n`),
    finish: () => undefined,
  };
}
