/** What every answer that is one page of many says of the next. */
interface Page {
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** Pages one after another, as large as services give them; asks for no more than are read. */
export async function* everyPage<P extends Page>(
  list: (position: { readonly pageSize: number; readonly pageToken: string }) => Promise<P>,
): AsyncGenerator<P> {
  let pageToken = '';
  do {
    const page = await list({ pageSize: 1000, pageToken });
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken);
}
