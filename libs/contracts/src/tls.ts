/** PEM texts of a server's own certificate and, for mutual TLS, of whom it trusts. */
export interface ServerTls {
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** When given, a caller must present a certificate signed by one of these. */
  readonly clientAuthorities?: Buffer;
}

/** PEM texts of whom a client trusts and, for mutual TLS, of its own certificate. */
export interface ClientTls {
  /** Absent: the authorities that Node trusts. */
  readonly authorities?: Buffer;
  readonly key?: Buffer;
  readonly certificate?: Buffer;
}

/** 36 MiB: an image of 32 MiB passes with everything around it. */
export const defaultMaxMessageBytes = 36 * 2 ** 20;
