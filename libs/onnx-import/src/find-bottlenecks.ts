import { outputsOf, readsOf, type ValueFlow } from './value-flow.ts';

/**
 * The values that every path from `from` to `to` passes through, in order, without `from` itself: what comes after one
 * of them knows of the image nothing but it. Branches, such as the weights of an attention block, are not among them.
 *
 * In any order of computation, a value is passed by exactly when some earlier value is read after it was made.
 */
export function findBottlenecks(flow: ValueFlow, from: string, to: string): string[] {
  const after = flow.dependentsOf(from);
  const before = flow.sourcesOf([to]);
  const between = (value: string): boolean => after.has(value) && before.has(value);
  const steps = flow.nodes.filter((node) => outputsOf(node).some(between));

  const lastRead = new Map<string, number>();
  steps.forEach((node, step) => readsOf(node).forEach((value) => lastRead.set(value, step)));

  const bottlenecks: string[] = [];
  let openUntil = lastRead.get(from) ?? -1;
  steps.forEach((node, step) => {
    const made = outputsOf(node).filter(between);
    if (made.length === 1 && openUntil <= step) bottlenecks.push(made[0]);
    for (const value of made) openUntil = Math.max(openUntil, lastRead.get(value) ?? step);
  });
  return bottlenecks;
}
