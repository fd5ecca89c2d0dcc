const narrowSpace = '\u202f';

/** A share in 0…1 as a percentage: `0.9936` → `99.4 %`. Extremes that are not exact never round to 0 or 100. */
export function formatPercent(share: number | null | undefined, decimals = 1): string {
  if (share === null || share === undefined || Number.isNaN(share)) return '–';
  const smallest = 10 ** -decimals;
  const percent = share * 100;
  if (percent > 0 && percent < smallest / 2)
    return `<${narrowSpace}${trimZeros(smallest.toFixed(decimals))}${narrowSpace}%`;
  if (percent < 100 && percent > 100 - smallest / 2)
    return `>${narrowSpace}${trimZeros((100 - smallest).toFixed(decimals))}${narrowSpace}%`;
  return `${trimZeros(percent.toFixed(decimals))}${narrowSpace}%`;
}

/** AUROC and the like: three decimals, and `1` only when it is exact. */
export function formatUnit(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value < 1 && value >= 0.9995) return '>0.999';
  return value.toFixed(3);
}

/** A score or threshold: about four significant digits, whatever the scale. */
export function formatScore(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return minus(value.toExponential(2));
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  return minus(value.toFixed(decimals));
}

/** `1234` → `1 234`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, narrowSpace);
}

/** `2 photos`, `1 photo`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Seconds for people: `0.8 s`, `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–';
  if (seconds < 9.95) return `${trimZeros(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joinUnits(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  return joinUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** Milliseconds: `0.42 ms`, `38 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return formatSeconds(ms / 1000);
  return `${ms >= 10 ? ms.toFixed(0) : trimZeros(ms.toFixed(2))} ms`;
}

/** `94 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? value.toFixed(0) : trimZeros(value.toFixed(1))} ${units[unit]}`;
}

/** How long ago, in one unit: `just now`, `5 min ago`, `3 days ago`. */
export function formatAgo(at: Date, now: Date): string {
  const seconds = (now.getTime() - at.getTime()) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86_400);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** A learning rate or another setting: never more digits than needed. */
export function formatSetting(value: unknown): string {
  if (typeof value === 'number')
    return minus(Math.abs(value) > 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.length > 0 ? value.map(formatSetting).join(', ') : '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function minus(text: string): string {
  return text.replace(/^-/, '−').replace('e-', 'e−').replace('e+', 'e');
}
