import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '@outsider/domain';
import {
  createClient,
  EmbeddingServiceClient,
  EmbeddingServiceService,
  type ClientTls,
  type EmbeddingServiceServer,
} from '../index.ts';
import { startServer, unary, type RunningServer, type ServerSettings } from './index.ts';
import { authenticate, keepingLogger, tokens } from './server-fixture.ts';

const name = 'outsider.embedding.v1.EmbeddingService';
let server: RunningServer | undefined;

afterEach(() => server?.stop({ graceMs: 100 }));

async function serve(settings: Pick<Partial<ServerSettings>, 'tls' | 'address'> = {}): Promise<RunningServer> {
  const implementation = {
    listLoadedVersions: unary('viewer', () => ({ versions: [] })),
  } as unknown as EmbeddingServiceServer;
  server = await startServer({
    address: '127.0.0.1:0',
    addressVariable: 'EMBEDDING_ADDRESS',
    services: [{ name, definition: EmbeddingServiceService, implementation }],
    authenticate,
    logger: keepingLogger(),
    ...settings,
  });
  return server;
}

type Reflection = new (
  address: string,
  credentials: unknown,
) => { ServerReflectionInfo(metadata: Metadata): ClientDuplexStream<object, Record<string, unknown>>; close(): void };

/** Asks as grpcurl does, with the protocol's own definition and none of ours. */
async function reflect(address: string, question: object, token: string): Promise<Record<string, unknown>> {
  const proto = createRequire(import.meta.url).resolve(
    '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  );
  const { ServerReflection } = (
    loadPackageDefinition(loadSync(proto, { keepCase: true })) as never as {
      grpc: { reflection: { v1: { ServerReflection: Reflection } } };
    }
  ).grpc.reflection.v1;
  const client = new ServerReflection(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const call = client.ServerReflectionInfo(metadata);
  try {
    return await new Promise((resolve, reject) => {
      call.on('data', resolve).on('error', (error: ServiceError) => reject(error));
      call.write(question);
    });
  } finally {
    call.end();
    client.close();
  }
}

describe('reflection', () => {
  it('lists the services that this server has, and describes their messages', async () => {
    const { address } = await serve();
    const list = await reflect(address, { list_services: '' }, tokens.viewer);
    expect(list.list_services_response).toEqual({ service: [{ name }] });
    const file = await reflect(address, { file_containing_symbol: name }, tokens.viewer);
    const described = (file.file_descriptor_response as { file_descriptor_proto: Buffer[] }).file_descriptor_proto;
    expect(Buffer.concat(described).includes('preprocessing_digest')).toBe(true);
  });
});

const folder = mkdtempSync(path.join(tmpdir(), 'outsider-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A self-signed certificate for localhost; undefined where there is no openssl. */
function certify(file: string): { key: Buffer; certificate: Buffer } | undefined {
  const [key, certificate] = [`${file}.key`, `${file}.crt`];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  try {
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate, ...subject], {
      cwd: folder,
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return { key: readFileSync(path.join(folder, key)), certificate: readFileSync(path.join(folder, certificate)) };
}

const own = certify('server');
const theirs = certify('client');

describe.skipIf(!own || !theirs)('TLS [needs openssl]', () => {
  async function ask(address: string, tls: ClientTls | undefined): Promise<unknown> {
    const client = createClient(EmbeddingServiceClient, address, { token: tokens.viewer, tls, deadlineMs: 2_000 });
    try {
      return await client.listLoadedVersions({});
    } finally {
      client.close();
    }
  }

  it('answers who trusts the server, and nobody else', async () => {
    if (!own || !theirs) return;
    const { address } = await serve({ address: 'localhost:0', tls: own });
    expect(await ask(address, { authorities: own.certificate })).toEqual({ versions: [] });
    await expect(ask(address, { authorities: theirs.certificate })).rejects.toThrow(UnavailableError);
    await expect(ask(address, undefined)).rejects.toThrow(UnavailableError);
  });

  it('asks callers for a certificate when it is told whom to trust', async () => {
    if (!own || !theirs) return;
    const { address } = await serve({ address: 'localhost:0', tls: { ...own, clientAuthorities: theirs.certificate } });
    expect(await ask(address, { authorities: own.certificate, ...theirs })).toEqual({ versions: [] });
    await expect(ask(address, { authorities: own.certificate })).rejects.toThrow(UnavailableError);
  });
});
