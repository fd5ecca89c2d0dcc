import {
  add,
  doWhile,
  encodeModule,
  f64,
  f64x2,
  get,
  integer,
  set,
  subtract,
  times,
  when,
  type WasmFunction,
} from '@outsider/wasm';

/** The kernels as WebAssembly SIMD: two float64 at a time. */
export interface SimdExports {
  /** {@link TileEngine.multiply} on packed blocks at byte addresses; `depth` counts by four. */
  multiplyTiles(rowPanels: number, colPanels: number, depth: number, a: number, b: number, c: number): void;
  /** Inner products with float64 `v` of float32 rows, `stride` bytes apart, over `eights` times eight numbers. */
  dotRows(rows: number, stride: number, count: number, v: number, eights: number, out: number): void;
  /** Σ aⱼ·bⱼ over `eights` times eight numbers. */
  dot(a: number, b: number, eights: number): number;
  /** y += factor · x over `eights` times eight numbers. */
  addScaled(y: number, x: number, factor: number, eights: number): void;
  /** Σ aⱼ·vⱼ over `pairs` pairs, while w += scale · a. */
  dotAndAdd(a: number, v: number, w: number, scale: number, pairs: number): number;
  /** a −= vi · w + wi · v over `pairs` pairs. */
  subtractRankTwo(a: number, v: number, w: number, vi: number, wi: number, pairs: number): void;
  /**
   * Applies `count` plane rotations to eight columns of rows of 64 bytes. Rotation r, 24 bytes at `rotations`, holds
   * the byte offset of its upper row as float64, cosine and sine.
   */
  rotate(rows: number, rotations: number, count: number): void;
}

/**
 * The binary, made anew in well under a millisecond.
 *
 * @param fused products are added without rounding them first, at twice the speed: needs relaxed SIMD
 */
export function simdModule(fused: boolean): Uint8Array<ArrayBuffer> {
  const addProduct: AddProduct = fused
    ? (sum, a, b) => f64x2.multiplyAdd(a, b, sum)
    : (sum, a, b) => f64x2.add(sum, f64x2.multiply(a, b));
  return encodeModule([
    multiplyTiles(addProduct),
    dotRows(addProduct),
    dot(addProduct),
    addScaled(addProduct),
    dotAndAdd(),
    subtractRankTwo(),
    rotate(addProduct),
  ]);
}

type AddProduct = (sum: number[], a: number[], b: number[]) => number[];

function multiplyTiles(addProduct: AddProduct): WasmFunction {
  const [rowPanels, colPanels, depth, a, b, c, q, k, pa, pb] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const sum = (row: number, half: number): number => 10 + row * 2 + half;
  const [b0, b1, value] = [18, 19, 20];
  const eachSum = [0, 1, 2, 3].flatMap((row) => [[row, 0] as const, [row, 1] as const]);

  const step = (k: number): number[] => [
    ...set(b0, f64x2.load(get(pb), k * 32)),
    ...set(b1, f64x2.load(get(pb), k * 32 + 16)),
    ...[0, 1, 2, 3].flatMap((row) => [
      ...set(value, f64x2.loadSplat(get(pa), k * 32 + row * 8)),
      ...set(sum(row, 0), addProduct(get(sum(row, 0)), get(value), get(b0))),
      ...set(sum(row, 1), addProduct(get(sum(row, 1)), get(value), get(b1))),
    ]),
  ];
  const fourSteps = [
    ...[0, 1, 2, 3].flatMap(step),
    ...set(pa, add(get(pa), integer(128))),
    ...set(pb, add(get(pb), integer(128))),
    ...set(k, subtract(get(k), integer(4))),
  ];
  const oneTile = [
    ...eachSum.flatMap(([row, half]) => set(sum(row, half), f64x2.zero())),
    ...set(pa, get(a)),
    ...set(k, get(depth)),
    ...doWhile(fourSteps, get(k)),
    ...eachSum.flatMap(([row, half]) => f64x2.store(get(c), row * 32 + half * 16, get(sum(row, half)))),
    ...set(c, add(get(c), integer(128))),
    ...set(q, subtract(get(q), integer(1))),
  ];
  const oneRowOfTiles = [
    ...set(q, get(colPanels)),
    ...set(pb, get(b)),
    ...doWhile(oneTile, get(q)),
    ...set(a, add(get(a), times(get(depth), integer(32)))),
    ...set(rowPanels, subtract(get(rowPanels), integer(1))),
  ];
  return {
    name: 'multiplyTiles',
    params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    results: [],
    locals: ['i32', 'i32', 'i32', 'i32', ...new Array<'v128'>(11).fill('v128')],
    body: doWhile(oneRowOfTiles, get(rowPanels)),
  };
}

function dotRows(addProduct: AddProduct): WasmFunction {
  const [rows, stride, count, v, eights, out, left, pa, pv] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const sums = [9, 10, 11, 12];
  const body = [
    ...sums.flatMap((sum, i) =>
      set(sum, addProduct(get(sum), f64x2.loadPromoted(get(pa), i * 8), f64x2.load(get(pv), i * 16))),
    ),
    ...set(pa, add(get(pa), integer(32))),
    ...set(pv, add(get(pv), integer(64))),
    ...set(left, subtract(get(left), integer(1))),
  ];
  const oneRow = [
    ...sums.flatMap((sum) => set(sum, f64x2.zero())),
    ...set(pa, get(rows)),
    ...set(pv, get(v)),
    ...set(left, get(eights)),
    ...when(get(left), doWhile(body, get(left))),
    ...set(sums[0], sumOf(sums)),
    ...f64.store(get(out), 0, f64.add(f64x2.lane(get(sums[0]), 0), f64x2.lane(get(sums[0]), 1))),
    ...set(out, add(get(out), integer(8))),
    ...set(rows, add(get(rows), get(stride))),
    ...set(count, subtract(get(count), integer(1))),
  ];
  return {
    name: 'dotRows',
    params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    results: [],
    locals: ['i32', 'i32', 'i32', 'v128', 'v128', 'v128', 'v128'],
    body: when(get(count), doWhile(oneRow, get(count))),
  };
}

function dot(addProduct: AddProduct): WasmFunction {
  const [a, b, eights] = [0, 1, 2];
  const sums = [3, 4, 5, 6];
  const body = [
    ...sums.flatMap((sum, i) => set(sum, addProduct(get(sum), f64x2.load(get(a), i * 16), f64x2.load(get(b), i * 16)))),
    ...advance(64, a, b),
    ...set(eights, subtract(get(eights), integer(1))),
  ];
  return {
    name: 'dot',
    params: ['i32', 'i32', 'i32'],
    results: ['f64'],
    locals: ['v128', 'v128', 'v128', 'v128'],
    body: [
      ...when(get(eights), doWhile(body, get(eights))),
      ...set(sums[0], sumOf(sums)),
      ...f64.add(f64x2.lane(get(sums[0]), 0), f64x2.lane(get(sums[0]), 1)),
    ],
  };
}

function addScaled(addProduct: AddProduct): WasmFunction {
  const [y, x, factor, eights, factors] = [0, 1, 2, 3, 4];
  const body = [
    ...[0, 16, 32, 48].flatMap((at) =>
      f64x2.store(get(y), at, addProduct(f64x2.load(get(y), at), get(factors), f64x2.load(get(x), at))),
    ),
    ...advance(64, y, x),
    ...set(eights, subtract(get(eights), integer(1))),
  ];
  return {
    name: 'addScaled',
    params: ['i32', 'i32', 'f64', 'i32'],
    results: [],
    locals: ['v128'],
    body: [...set(factors, f64x2.splat(get(factor))), ...when(get(eights), doWhile(body, get(eights)))],
  };
}

function dotAndAdd(): WasmFunction {
  const [a, v, w, scale, pairs, value, sum, factor] = [0, 1, 2, 3, 4, 5, 6, 7];
  const body = [
    ...set(value, f64x2.load(get(a))),
    ...set(sum, f64x2.add(get(sum), f64x2.multiply(get(value), f64x2.load(get(v))))),
    ...f64x2.store(get(w), 0, f64x2.add(f64x2.load(get(w)), f64x2.multiply(get(value), get(factor)))),
    ...advance(16, a, v, w),
    ...set(pairs, subtract(get(pairs), integer(1))),
  ];
  return {
    name: 'dotAndAdd',
    params: ['i32', 'i32', 'i32', 'f64', 'i32'],
    results: ['f64'],
    locals: ['v128', 'v128', 'v128'],
    body: [
      ...set(factor, f64x2.splat(get(scale))),
      ...when(get(pairs), doWhile(body, get(pairs))),
      ...f64.add(f64x2.lane(get(sum), 0), f64x2.lane(get(sum), 1)),
    ],
  };
}

function subtractRankTwo(): WasmFunction {
  const [a, v, w, vi, wi, pairs, first, second] = [0, 1, 2, 3, 4, 5, 6, 7];
  const update = f64x2.add(
    f64x2.multiply(get(first), f64x2.load(get(w))),
    f64x2.multiply(get(second), f64x2.load(get(v))),
  );
  const body = [
    ...f64x2.store(get(a), 0, f64x2.subtract(f64x2.load(get(a)), update)),
    ...advance(16, a, v, w),
    ...set(pairs, subtract(get(pairs), integer(1))),
  ];
  return {
    name: 'subtractRankTwo',
    params: ['i32', 'i32', 'i32', 'f64', 'f64', 'i32'],
    results: [],
    locals: ['v128', 'v128'],
    body: [
      ...set(first, f64x2.splat(get(vi))),
      ...set(second, f64x2.splat(get(wi))),
      ...when(get(pairs), doWhile(body, get(pairs))),
    ],
  };
}

function rotate(addProduct: AddProduct): WasmFunction {
  const [rows, rotations, count, upper, cosine, sine, above, below, negated] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const truncate = (value: number[]): number[] => [...value, 0xaa];
  const body = [
    ...set(upper, add(get(rows), truncate(f64.load(get(rotations))))),
    ...set(cosine, f64x2.loadSplat(get(rotations), 8)),
    ...set(sine, f64x2.loadSplat(get(rotations), 16)),
    ...set(negated, f64x2.negate(get(sine))),
    ...[0, 16, 32, 48].flatMap((at) => [
      ...set(above, f64x2.load(get(upper), at)),
      ...set(below, f64x2.load(get(upper), at + 64)),
      ...f64x2.store(get(upper), at + 64, addProduct(f64x2.multiply(get(cosine), get(below)), get(sine), get(above))),
      ...f64x2.store(get(upper), at, addProduct(f64x2.multiply(get(cosine), get(above)), get(negated), get(below))),
    ]),
    ...set(rotations, add(get(rotations), integer(24))),
    ...set(count, subtract(get(count), integer(1))),
  ];
  return {
    name: 'rotate',
    params: ['i32', 'i32', 'i32'],
    results: [],
    locals: ['i32', 'v128', 'v128', 'v128', 'v128', 'v128'],
    body: when(get(count), doWhile(body, get(count))),
  };
}

function sumOf([a, b, c, d]: readonly number[]): number[] {
  return f64x2.add(f64x2.add(get(a), get(b)), f64x2.add(get(c), get(d)));
}

function advance(bytes: number, ...pointers: readonly number[]): number[] {
  return pointers.flatMap((pointer) => set(pointer, add(get(pointer), integer(bytes))));
}
