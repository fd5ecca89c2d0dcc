import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpmSettings } from './npm-settings.ts';

const underNpm = { npm_config_user_agent: 'npm/11 node/v24' };

describe('readNpmSettings', () => {
  it('sets nothing where npm runs with its defaults', async () => {
    expect(await readNpmSettings({ ...underNpm, npm_config_noproxy: '' })).toEqual({});
  });

  it('passes on registry, proxies and certificates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'npmrc-'));
    const certificate = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
    await writeFile(join(folder, 'ca.pem'), `# two\n${certificate('AAAA')}\n${certificate('BBBB')}\n`);
    expect(
      await readNpmSettings({
        ...underNpm,
        npm_config_registry: 'https://registry.example/npm/',
        npm_config_https_proxy: 'http://proxy.example:3128',
        npm_config_strict_ssl: 'false',
        npm_config_cafile: join(folder, 'ca.pem'),
      }),
    ).toEqual({
      registry: 'https://registry.example/npm/',
      httpsProxy: 'http://proxy.example:3128',
      strictSSL: false,
      ca: [certificate('AAAA'), certificate('BBBB')],
    });
  });

  it('reads credentials from the npmrc of the user, and variables in them from the environment', async () => {
    const userconfig = join(await mkdtemp(join(tmpdir(), 'npmrc-')), '.npmrc');
    await writeFile(
      userconfig,
      'fund=false\n//registry.example/npm/:_authToken = ${SECRET}\n; //other/:_authToken=x\n',
    );
    expect(await readNpmSettings({ ...underNpm, npm_config_userconfig: userconfig, SECRET: 'abc' })).toEqual({
      '//registry.example/npm/:_authToken': 'abc',
    });
  });

  it('asks npm itself outside of npm run', { timeout: 30_000 }, async () => {
    const settings = await readNpmSettings({});
    expect(settings.registry).toMatch(/^https?:\/\//);
  });
});
