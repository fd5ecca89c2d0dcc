import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const environment = {
  DATABASE_URL: 'postgresql://user:password@127.0.0.1:5432/outsider',
  ARTIFACTS_DIR: 'artifacts',
  OUTSIDER_CACHE_DIR: 'cache',
  SERVICE_TOKEN: 'token',
};

describe('readConfig', () => {
  it('leaves the backend open unless one is set', () => {
    expect(readConfig(environment).backend).toBeUndefined();
    expect(readConfig({ ...environment, TRAINING_BACKEND: '' }).backend).toBeUndefined();
    expect(readConfig({ ...environment, TRAINING_BACKEND: 'wasm' }).backend).toBe('wasm');
  });

  it('refuses a backend that there is not, naming those there are', () => {
    expect(() => readConfig({ ...environment, TRAINING_BACKEND: 'cuda' })).toThrow(
      'TRAINING_BACKEND is "cuda": expected one of tfjs-node-gpu, tfjs-node, wasm',
    );
  });
});
