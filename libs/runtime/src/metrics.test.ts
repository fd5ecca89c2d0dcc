import { afterEach, describe, expect, it } from 'vitest';
import { callMetrics, createMetrics, startMetricsServer, type MetricsServer } from './metrics.ts';

const running: MetricsServer[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(address: string) {
  const registry = createMetrics('embedding-service');
  callMetrics(registry)({ method: '/a.B/C', code: 'OK', seconds: 0.02 });
  const server = await startMetricsServer(registry, address);
  running.push(server);
  return server;
}

describe('startMetricsServer', () => {
  it('serves what was measured, and nothing but it', async () => {
    const { port } = await start('127.0.0.1:0');
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toContain('outsider_grpc_call_seconds_count{service="embedding-service",method="/a.B/C",code="OK"} 1');
    expect(text).toContain('process_resident_memory_bytes{service="embedding-service"}');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it('names a taken port and the variable that sets it', async () => {
    const { port } = await start('127.0.0.1:0');
    await expect(start(`127.0.0.1:${port}`)).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken by another program; set METRICS_ADDRESS to another host:port`,
    );
  });
});
