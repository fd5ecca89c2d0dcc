/** The parts of npm's own libraries that we call; neither ships types. */
declare module 'pacote' {
  const pacote: {
    /** The address of the archive that a specifier such as `name@1.0.0` means. */
    resolve(spec: string, options: Readonly<Record<string, unknown>>): Promise<string>;
  };
  export default pacote;
}

declare module 'npm-registry-fetch' {
  export default function fetch(
    url: string,
    options: Readonly<Record<string, unknown>>,
  ): Promise<{
    readonly status: number;
    readonly headers: { get(name: string): string | null };
    readonly body: AsyncIterable<Uint8Array>;
  }>;
}
