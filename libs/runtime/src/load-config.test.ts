import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidArgumentError } from '@outsider/domain';
import { addressSetting, databaseUrlSetting, loadConfig, parseAddress, wholeNumberSetting } from './load-config.ts';

const schema = z.object({
  EMBEDDING_ADDRESS: addressSetting().default('127.0.0.1:50052'),
  DATABASE_URL: databaseUrlSetting(),
  EMBEDDING_MAX_BATCH: wholeNumberSetting(1, 64).default(8),
  METRICS_ADDRESS: addressSetting().optional(),
});
const DATABASE_URL = 'postgresql://outsider:hunter2@127.0.0.1:5432/outsider';

describe('loadConfig', () => {
  it('reads what is set and fills in the rest; an empty variable is not set', () => {
    expect(
      loadConfig(schema, { DATABASE_URL, EMBEDDING_MAX_BATCH: '16', EMBEDDING_ADDRESS: '', HOME: '/root' }),
    ).toEqual({
      DATABASE_URL,
      EMBEDDING_ADDRESS: '127.0.0.1:50052',
      EMBEDDING_MAX_BATCH: 16,
    });
  });

  it.each([
    [{ EMBEDDING_MAX_BATCH: '0' }, 'EMBEDDING_MAX_BATCH is "0": expected a whole number from 1 to 64'],
    [{ EMBEDDING_MAX_BATCH: '8.5' }, 'EMBEDDING_MAX_BATCH is "8.5": expected a whole number from 1 to 64'],
    [{ EMBEDDING_ADDRESS: '50052' }, 'EMBEDDING_ADDRESS is "50052": expected host:port, such as 127.0.0.1:50051'],
    [
      { METRICS_ADDRESS: 'localhost:99999' },
      'METRICS_ADDRESS is "localhost:99999": expected host:port, such as 127.0.0.1:50051',
    ],
  ])('names the variable, what it holds and what is expected: %o', (environment, sentence) => {
    const load = () => loadConfig(schema, { DATABASE_URL, ...environment });
    expect(load).toThrow(InvalidArgumentError);
    expect(load).toThrow(sentence);
  });

  it('says which variable is missing', () => {
    expect(() => loadConfig(schema, {})).toThrow(/^DATABASE_URL is not set: expected /);
  });

  it('hides passwords', () => {
    const bad = { DATABASE_URL: 'mysql://outsider:hunter2@127.0.0.1/outsider' };
    expect(() => loadConfig(schema, bad)).toThrow('DATABASE_URL is "mysql://outsider:…@127.0.0.1/outsider"');
  });
});

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:50051', { host: '127.0.0.1', port: 50051 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65535 }],
    ['localhost', undefined],
    ['localhost:65536', undefined],
    [':50051', undefined],
    ['::1:50051', undefined],
  ])('%s', (address, expected) => {
    expect(parseAddress(address)).toEqual(expected);
  });
});
