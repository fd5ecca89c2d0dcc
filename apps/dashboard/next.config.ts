import path from 'node:path';
import type { NextConfig } from 'next';

process.env['NEXT_TELEMETRY_DISABLED'] ??= '1';
const root = path.resolve(import.meta.dirname, '../..');

const config: NextConfig = {
  outputFileTracingRoot: root,
  turbopack: { root },
  serverExternalPackages: [
    '@grpc/grpc-js',
    '@grpc/proto-loader',
    '@grpc/reflection',
    'grpc-health-check',
    '@prisma/client',
    '@prisma/adapter-pg',
    'pg',
    'pg-boss',
  ],
  transpilePackages: [
    '@outsider/artifacts',
    '@outsider/contracts',
    '@outsider/database',
    '@outsider/domain',
    '@outsider/linalg',
    '@outsider/metrics',
    '@outsider/runtime',
    '@outsider/wasm',
  ],
  // The `typecheck` target does it, after its references are built.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  experimental: {
    // One photo of at most 32 MiB, and its form around it.
    serverActions: { bodySizeLimit: '33mb' },
    proxyClientMaxBodySize: '33mb',
  },
  headers() {
    return [
      {
        source: '/:path*',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Referrer-Policy', value: 'same-origin' },
          { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
          { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
        ],
      },
    ];
  },
};

export default config;
