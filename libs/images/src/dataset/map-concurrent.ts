/**
 * Maps items with at most `concurrency` calls of `map` under way, and yields the results in the order of the items.
 *
 * A slow consumer slows the calls down: no more than `concurrency` results wait. When `map` fails, or the consumer
 * leaves early, the calls under way are waited for and their results dropped.
 */
export async function* mapConcurrent<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  concurrency: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const call = map(item);
      // Its failure is reported when its turn comes; until then it must not count as unhandled.
      call.catch(() => undefined);
      underWay.push(call);
      if (underWay.length >= concurrency) yield await (underWay.shift() as Promise<Result>);
    }
    for (let call = underWay.shift(); call !== undefined; call = underWay.shift()) yield await call;
  } finally {
    await Promise.allSettled(underWay);
  }
}
