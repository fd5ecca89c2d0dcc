import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

describe('createLogger', () => {
  it('writes one JSON object a line, without secrets', () => {
    const lines: string[] = [];
    const logger = createLogger({ name: 'embedding-service', destination: { write: (line) => void lines.push(line) } });
    logger.info({ request: { token: 'secret-token' }, password: 'hunter2', images: 3 }, 'embedded');
    logger.debug({}, 'below the level');
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'info', name: 'embedding-service', msg: 'embedded', images: 3 });
    expect(new Date(String(line.time)).getTime()).not.toBeNaN();
    expect(lines[0]).not.toMatch(/secret-token|hunter2/);
  });
});
