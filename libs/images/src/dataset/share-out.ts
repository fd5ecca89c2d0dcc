/**
 * Divides `count` things in the given proportions, as exactly as whole numbers allow: every share is rounded down, and
 * what is left goes to the largest remainders, one each (the earlier name wins a tie).
 *
 * @param shares relative sizes, ≥ 0, not all zero
 */
export function shareOut<Name extends string>(
  count: number,
  shares: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(shares) as Name[];
  const total = names.reduce((sum, name) => sum + shares[name], 0);
  const counts = {} as Record<Name, number>;
  let left = count;
  const remainders = names.map((name) => {
    const exact = (count * shares[name]) / total;
    // 0.29 · 100 is 28.999…96: what is meant is 29.
    counts[name] = Math.floor(exact + 1e-9);
    left -= counts[name];
    return { name, remainder: exact - counts[name] };
  });
  remainders.sort((a, b) => (Math.abs(a.remainder - b.remainder) < 1e-9 ? 0 : b.remainder - a.remainder));
  for (const { name } of remainders.slice(0, left)) counts[name]++;
  return counts;
}
