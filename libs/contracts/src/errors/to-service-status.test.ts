import { describe, expect, it } from 'vitest';
import { InvalidArgumentError, ResourceExhaustedError, type DomainError } from '@outsider/domain';
import { fromItemError } from './from-service-error.ts';
import { detailsKey, statusCodeOf, toServiceStatus } from './to-service-status.ts';

/** Printed by tools/oracles/rpc_status.py. */
const fromPython = {
  badArgument:
    '080312196c61796572733a2065787065637465642022706f6f6c6564221a590a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4572726f72496e666f122d0a10494e56414c49445f415247554d454e5412086f757473696465721a0f0a056669656c6412066c61796572731a520a29747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4261645265717565737412250a230a066c617965727312196c61796572733a2065787065637465642022706f6f6c656422',
  fullQueue:
    '080812117468652071756575652069732066756c6c1a420a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4572726f72496e666f12160a0a51554555455f46554c4c12086f757473696465721a350a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f12090a0708011080e59a77',
};

function details(error: DomainError): string {
  const [bytes] = toServiceStatus(error).metadata.get(detailsKey);
  return (bytes as Buffer).toString('hex');
}

describe('toServiceStatus', () => {
  it('writes a bad argument as Google’s own classes do', () => {
    const error = new InvalidArgumentError('layers: expected "pooled"', { field: 'layers' });
    expect(details(error)).toBe(fromPython.badArgument);
  });

  it('writes when to try again as Google’s own classes do', () => {
    const error = new ResourceExhaustedError('the queue is full', { reason: 'QUEUE_FULL', retryDelayMs: '1250' });
    expect(details(error)).toBe(fromPython.fullQueue);
  });

  it('keeps below what common clients accept as headers', () => {
    const facts = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`fact${i}`, 'x'.repeat(10_000)]));
    const { details: message, metadata } = toServiceStatus(new ResourceExhaustedError('y'.repeat(100_000), facts));
    const [bytes] = metadata.get(detailsKey);
    expect(message.length + ((bytes as Buffer).length * 4) / 3).toBeLessThan(8 * 1024);
  });
});

describe('fromItemError', () => {
  it('is the inverse of a stream’s code and message', () => {
    const error = new InvalidArgumentError('not an image');
    const back = fromItemError({ code: statusCodeOf(error), message: error.message });
    expect(back).toBeInstanceOf(InvalidArgumentError);
    expect(back.message).toBe('not an image');
  });
});
