import { writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { versions } from 'node:process';

/** Numbers by dotted name, such as `knn.5000.fitSeconds`. A ratio is ours over the peer's. */
export type Figures = Readonly<Record<string, number>>;

/** The one shape of every `--json` file. */
export interface Report {
  readonly figures: Figures;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly command: string;
}

/** Writes figures with what they were measured on. Figures that are not finite numbers are a defect: they throw. */
export function writeReport(file: string, figures: Figures, command: string): void {
  const bad = Object.entries(figures).find(([, value]) => !Number.isFinite(value));
  if (bad) throw new Error(`figure ${bad[0]} is ${bad[1]}`);
  const report: Report = { figures, environment: describeEnvironment(), command };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function describeEnvironment(): Report['environment'] {
  return {
    node: versions.node,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}
