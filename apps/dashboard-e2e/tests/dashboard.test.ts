import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchArgs, obtainChromium } from '../src/chromium.ts';
import { drawDataset, drawPhoto } from '../src/draw-photos.ts';
import { startOutsider, type RunningOutsider } from '../src/start-outsider.ts';

const executablePath = obtainChromium();
if (!executablePath) {
  console.warn('skipped: there is no Chromium here and apt cannot install one; set CHROMIUM_PATH to use yours');
}
/** A run with the tiny architecture, detectors included, on a slow machine. */
const runMs = 240_000;

describe.skipIf(!executablePath)('the dashboard', () => {
  let home: string;
  let outsider: RunningOutsider;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What scripts of the pages threw, and what their content security policy refused. */
  const faults: string[] = [];

  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'outsider-e2e-'));
    await drawDataset(path.join(home, 'photos'));
    outsider = await startOutsider({ home, photos: path.join(home, 'photos') });
    browser = await chromium.launch({ executablePath, args: [...launchArgs] });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (/content security policy|hydrat/i.test(message.text())) faults.push(message.text());
    });
  });

  afterAll(async () => {
    await browser?.close();
    await outsider?.stop();
    if (home) await rm(home, { recursive: true, force: true });
  });

  it('shows nothing to people who are not signed in', async () => {
    await page.goto(`${outsider.url}/experiments`);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    const answers = await Promise.all(
      [`/photos/${'0'.repeat(64)}`, '/runs/00000000-0000-4000-8000-000000000000/events'].map((place) =>
        context.request.get(outsider.url + place),
      ),
    );
    expect(answers.map((answer) => answer.status())).toEqual([401, 401]);
  });

  it('refuses a wrong token in one sentence', async () => {
    await page.getByLabel('API token').fill('outsider_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is unknown, revoked or expired.').waitFor();
  });

  it('does not use up the code of a link that is only fetched', async () => {
    const answer = await context.request.get(outsider.signInUrl);
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toContain('Sign in');
  });

  it('signs in with the link that was printed, once', async () => {
    await page.goto(outsider.signInUrl);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const cookie = (await context.cookies()).find(({ name }) => name === 'outsider_session');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });

    const other = await browser.newContext();
    const second = await other.newPage();
    await second.goto(outsider.signInUrl);
    await second.getByText('This sign-in code is unknown, was used before, or is too old').waitFor();
    await other.close();
  });

  it('lets one watch the first run until it has succeeded', { timeout: runMs }, async () => {
    await page.getByRole('link', { name: 'Run 1' }).click();
    await page.getByRole('heading', { name: 'Run 1' }).waitFor();
    await page.getByText('Succeeded').first().waitFor({ timeout: runMs });
    await page.getByRole('img', { name: /^Loss by step\. Latest: training \d/ }).waitFor();
    await page.getByRole('region', { name: 'Detectors' }).waitFor();
    await page
      .getByRole('img', { name: /^Activations of this photo of embers/ })
      .first()
      .waitFor();
    await page.getByText('In production').first().waitFor();
    // What was left out of the snapshot is named.
    await page.getByText('train/waves/notes.jpg').waitFor();
  });

  it('serves the photos of a snapshot, and nothing else of the store', async () => {
    const photo = page.getByRole('img', { name: /^Relevant photo/ }).first();
    const address = await photo.getAttribute('src');
    const answer = await context.request.get(outsider.url + address);
    expect(answer.headers()['content-type']).toBe('image/jpeg');
    expect((await context.request.get(`${outsider.url}/photos/${'0'.repeat(64)}`)).status()).toBe(404);
  });

  it('retrains, shows the run live, and refuses a second one meanwhile', { timeout: runMs }, async () => {
    await page.getByRole('button', { name: 'Retrain' }).click();
    await page.getByLabel('Epochs', { exact: true }).fill('none');
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.getByText('Epochs: expected a number from 1 to 1000, got “none”'.replace(/[“”]/g, '"')).waitFor();

    // Another recipe begins with its own settings; coming back, those of the run are there again.
    const valueOf = (label: string) => page.getByLabel(label, { exact: true }).inputValue();
    expect([await valueOf('Batch size'), await valueOf('Learning rate')]).toEqual(['64', '0.0001']);
    expect(await page.getByLabel('Augmentation').count()).toBe(0);
    await page.getByRole('radio', { name: 'Fine-tune' }).check();
    expect([await valueOf('Batch size'), await valueOf('Learning rate')]).toEqual(['16', '0.00002']);
    expect(await page.getByLabel('Augmentation').inputValue()).toBe('none');
    await page.getByText('More settings').click();
    expect([await valueOf('Head epochs'), await valueOf('Patience')]).toEqual(['6', '2']);
    // What the service refuses is said of the field that one sees.
    await page.getByLabel('First trained layer').fill('conv9');
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.getByText(/^First trained layer: expected the first layer of a block of tiny/).waitFor();
    expect(await page.getByLabel('First trained layer').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('radio', { name: 'Head' }).check();
    expect(await valueOf('Batch size')).toBe('64');
    await page.getByRole('radio', { name: 'Fine-tune' }).check();

    // The store is gone for a moment: the first stream of events is refused, and must be asked for again.
    let streams = 0;
    await page.route(/\/runs\/[^/]+\/events/, (route) =>
      streams++ === 0 ? route.fulfill({ status: 503 }) : route.continue(),
    );
    await page.getByLabel('Epochs', { exact: true }).fill('4');
    await page.getByLabel('Seed').fill('3');
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.getByRole('heading', { name: 'Run 2' }).waitFor();
    // Queued when the page was made: it says so itself when a worker has taken it up.
    await page.getByText('Running', { exact: true }).first().waitFor();
    await page.getByText('retrains run 1').waitFor();
    const settings = page.getByRole('region', { name: 'Settings' });
    for (const text of ['Fine-tune', 'conv2_0_conv', '6 before the top blocks', 'AdamW', 'every class alike'])
      await settings.getByText(text, { exact: true }).waitFor();
    expect(await settings.getByText('Momentum').count()).toBe(0);

    await page.getByRole('button', { name: 'Retrain' }).click();
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.getByText(/is under way/).waitFor();
    await page.keyboard.press('Escape');

    // Nothing is reloaded: the page learns of it by its stream of events.
    await page.getByText('Succeeded').first().waitFor({ timeout: runMs });
    expect(streams).toBeGreaterThan(1);
    await page.unroute(/\/runs\/[^/]+\/events/);
    await page.getByRole('region', { name: 'Detectors' }).waitFor();
    const training = page.getByRole('region', { name: 'Training', exact: true });
    await training.getByText('Epoch kept').waitFor();
    await training.getByText(/^None: all 160 held-out photos|of 160 held-out photos taken for another class/).waitFor();
  });

  it('cancels a run that is under way', { timeout: 120_000 }, async () => {
    await page.getByRole('button', { name: 'Retrain' }).click();
    await page.getByLabel('Epochs', { exact: true }).fill('1000');
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.getByRole('heading', { name: 'Run 3' }).waitFor();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('Cancelled').first().waitFor({ timeout: 60_000 });
    expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0);
  });

  it('gives a verdict on a photo that is dropped', { timeout: 60_000 }, async () => {
    const novel = path.join(home, 'tiles.jpg');
    await writeFile(novel, await drawPhoto('tiles', 5000));
    await page.getByRole('link', { name: 'Detect' }).first().click();
    await page.getByRole('heading', { name: 'Detect' }).waitFor();
    await page.getByTestId('photo-input').setInputFiles(novel);
    await page.getByTestId('verdict').waitFor();
    expect(await page.getByTestId('verdict').textContent()).toBe('Novel');
    await page.getByText('Nearest relevant photos').waitFor();
  });

  it('says in one sentence what is wrong with a bad file', async () => {
    const bad = path.join(home, 'bad.jpg');
    await writeFile(bad, 'this is no photo');
    await page.getByTestId('photo-input').setInputFiles(bad);
    await page
      .getByRole('alert')
      .filter({ hasText: /image|photo/i })
      .waitFor();
  });

  it('puts a threshold in force that leaves doubtful photos to a person, and says what it does', async () => {
    await page.goto(outsider.url);
    await page.locator('a[href^="/detectors/"]').first().click();
    await page.getByRole('heading', { name: 'Threshold', exact: true }).waitFor();
    await page.getByLabel('Fixed by').selectOption('quantile');
    await page.getByLabel(/^Left to a person/).fill('0.3');
    await page.getByRole('button', { name: 'Put in force' }).click();
    await page.getByLabel('Reason').fill('doubtful ones go to a person');
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
    await page.getByText('“doubtful ones go to a person”').waitFor();
    await page.getByText(/quantile at 5.%, 30.% left to a person/).waitFor();
    await page.getByRole('heading', { name: 'Left to a person' }).waitFor();
  });

  it('rolls production back with a reason', async () => {
    await page.getByRole('link', { name: 'Deployments' }).first().click();
    await page.getByRole('button', { name: 'Roll back' }).first().click();
    await page.getByLabel('Reason').fill('the first one was better');
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('“the first one was better”').waitFor();
  });

  it('signs out for good', async () => {
    const [session] = (await context.cookies()).filter(({ name }) => name === 'outsider_session');
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByLabel('API token').waitFor();
    // The old cookie opens nothing any more, wherever it was kept.
    await context.addCookies([session!]);
    await page.goto(outsider.url);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('starts again without training on the same photos again', { timeout: runMs }, async () => {
    await outsider.stop();
    outsider = await startOutsider({ home, photos: path.join(home, 'photos') });
    await vi.waitFor(() => expect(outsider.output()).toContain('Everything is running'), { timeout: runMs });
    expect(outsider.output()).toMatch(/tiny was trained on these photos before, in run \d+/);
    expect(outsider.output()).toMatch(/train [0-9a-f]{64} --experiment "photos" --architecture tiny --promote/);
    expect(outsider.output()).not.toContain('epoch');
  });

  it('has thrown nothing and broken no policy', () => {
    expect(faults).toEqual([]);
  });
});
