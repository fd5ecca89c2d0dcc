import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { FailedPreconditionError } from '@outsider/domain';
import { expect, it } from 'vitest';
import { parseAddress, requireFreePort } from './ports.ts';

it('names the port, its owner and the variable that moves it when it is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const wanted = parseAddress(`127.0.0.1:${port}`, 'TRAINING_ADDRESS', 'training service');

  await expect(requireFreePort(wanted)).rejects.toThrow(
    `port ${port}, wanted by the training service, is taken: stop what uses it, or set TRAINING_ADDRESS`,
  );
  taken.close();
  await once(taken, 'close');
  await expect(requireFreePort(wanted)).resolves.toBeUndefined();
});

it('refuses an address without a port', () => {
  expect(() => parseAddress('localhost', 'TRAINING_ADDRESS', 'training service')).toThrow(FailedPreconditionError);
});
