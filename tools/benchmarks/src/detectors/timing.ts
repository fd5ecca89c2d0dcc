/**
 * The fastest of a few runs, in seconds: what else the machine does only ever adds. At most `runs`, fewer when they take
 * longer than `budgetSeconds` together.
 */
export function fastestSeconds(run: () => unknown, { runs = 7, budgetSeconds = 4 } = {}): number {
  let fastest = Infinity;
  const started = performance.now();
  for (let i = 0; i < runs && (i === 0 || performance.now() - started < budgetSeconds * 1000); i++) {
    const before = performance.now();
    run();
    fastest = Math.min(fastest, (performance.now() - before) / 1000);
  }
  return fastest;
}
