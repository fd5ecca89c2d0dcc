import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Options for npm's own libraries: whatever npm on this machine is configured with, and nothing of ours. */
export type NpmSettings = Readonly<Record<string, unknown>>;

/** Setting of npm → option of its libraries. */
const names = {
  registry: 'registry',
  proxy: 'proxy',
  'https-proxy': 'httpsProxy',
  noproxy: 'noProxy',
  'strict-ssl': 'strictSSL',
  cafile: 'cafile',
  ca: 'ca',
  userconfig: 'userconfig',
} as const;

/**
 * Where and how npm downloads here: registry, proxies, certificates, credentials.
 *
 * Under `npm run` npm hands its settings to the scripts in the environment; otherwise it is asked. Credentials it tells
 * nobody: they are read from the user's own npmrc. A machine without npm gets the libraries' defaults.
 */
export async function readNpmSettings(environment: NodeJS.ProcessEnv = process.env): Promise<NpmSettings> {
  const configured = environment.npm_config_user_agent ? fromEnvironment(environment) : await askNpm();
  const settings: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(names)) {
    const value = configured[name];
    if (value !== undefined && value !== null && value !== '') settings[option] = value;
  }
  const { cafile, userconfig, strictSSL, ...rest } = settings;
  if (strictSSL !== undefined) rest.strictSSL = String(strictSSL) !== 'false';
  if (typeof cafile === 'string') rest.ca = splitCertificates(await readIfPresent(cafile)) ?? rest.ca;
  if (typeof userconfig === 'string')
    Object.assign(rest, parseCredentials(await readIfPresent(userconfig), environment));
  return rest;
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(names).map((name) => [name, environment[`npm_config_${name.replaceAll('-', '_')}`]]),
  );
}

async function askNpm(): Promise<Record<string, unknown>> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['config', 'list', '--json', '--workspaces=false'], {
      shell: process.platform === 'win32',
    });
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function splitCertificates(pem: string): string[] | undefined {
  return pem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? undefined;
}

/** Lines such as `//host/path/:_authToken=…`, with `${VARIABLE}` taken from the environment. */
function parseCredentials(npmrc: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const credentials: Record<string, string> = {};
  for (const line of npmrc.split('\n')) {
    const [, key, value] = /^\s*(\/\/[^=]+?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key) credentials[key] = value.replace(/\$\{([^}]+)\}/g, (whole, name: string) => environment[name] ?? whole);
  }
  return credentials;
}

async function readIfPresent(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
