/**
 * The dashboard in a real browser: each page at both widths and in both colour schemes, looked at by
 * axe; what one does there by mouse, and by keyboard alone. With SCREENSHOTS=<directory> pictures of
 * the pages are written there (`npm run screenshots`).
 */
import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import {
  ADMIN_TOKEN,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { findChromium, launch } from './support/chromium.js';
import { inhabit, type Inhabited } from './support/inhabit.js';

const executable = findChromium();
const MINUTES = 60_000;
const { SCREENSHOTS } = process.env;

if (executable === null) {
  process.stderr.write(
    '\nNO CHROMIUM: the dashboard is not tested in a browser. Install it: apt-get install chromium\n\n',
  );
}

(executable === null ? describe.skip : describe)('the dashboard in a browser', () => {
  let service: TestApplication;
  let there: Inhabited;
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  let complaints: string[];

  beforeAll(async () => {
    service = await createTestApplication({ env: { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' } });
    there = await inhabit(service);
    browser = await launch(executable!);
  }, 5 * MINUTES);
  afterAll(async () => {
    await browser?.close();
    await service.close();
  });
  beforeEach(() => {
    complaints = [];
  });
  afterEach(async () => {
    await context?.close();
    expect(complaints).toEqual([]);
  });

  /** A new tab. What its console complains about fails the test. */
  async function tab(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    context = await browser!.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    return page;
  }

  /** A new tab that is signed in. */
  async function signedIn(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await tab(options);
    await page.addInitScript(
      `sessionStorage.setItem('payment-webhooks.admin-token', ${JSON.stringify(ADMIN_TOKEN)})`,
    );
    return page;
  }

  const open = async (page: Page, address: string): Promise<void> => {
    await page.goto(`${service.url}/dashboard/${address}`);
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
  };

  async function addresses(): Promise<[name: string, address: string][]> {
    const payments = await service.api<{ data: { id: string }[] }>(
      `payments?reference=${there.reference}`,
    );
    return [
      ['overview', ''],
      ['payments', 'payments'],
      ['payment', `payments/${payments.data[0]!.id}`],
      ['events', 'events'],
      ['event', `events/${there.quarantined}`],
      ['notifications', 'notifications'],
      ['notification', `notifications/${there.dead}`],
      ['endpoints', 'endpoints'],
      ['refused', 'refused'],
      ['sources', 'sources'],
    ];
  }

  it.each([
    [1440, 900, 'light'],
    [375, 812, 'dark'],
  ] as const)(
    'shows each page %i pixels wide, within its width, and axe finds nothing serious',
    async (width, height, colorScheme) => {
      const page = await signedIn({ viewport: { width, height }, colorScheme });
      for (const [name, address] of await addresses()) {
        await open(page, address);
        expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
          name,
          width,
        ]);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact !== 'minor');
        expect(serious.map(({ id, nodes }) => [name, id, nodes.map(({ html }) => html)])).toEqual(
          [],
        );
        if (SCREENSHOTS !== undefined) {
          await page.screenshot({ path: path.join(SCREENSHOTS, `dashboard-${name}-${width}.png`) });
        }
      }
    },
    10 * MINUTES,
  );

  it('asks for the token once, says when it is wrong, and keeps it in the tab only', async () => {
    const page = await tab();
    await page.goto(`${service.url}/dashboard`);
    const field = page.getByLabel('Admin token');
    await field.fill('another-token-than-the-one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This is not the admin token of the service.').waitFor();
    // The browser itself tells of the 401 that was to be had.
    complaints = complaints.filter((text) => !text.includes('401'));

    await field.fill(ADMIN_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(ADMIN_TOKEN);
    expect(await context!.cookies()).toEqual([]);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('is used by the keyboard alone', async () => {
    const page = await tab();
    await page.goto(`${service.url}/dashboard`);
    await page.getByLabel('Admin token').waitFor();
    await page.keyboard.type(ADMIN_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    await tabTo(page, page.getByRole('link', { name: 'Payments', exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByLabel('Reference'));
    await page.keyboard.type(there.reference);
    await page.keyboard.press('Enter');
    await page.waitForURL(/reference=/);
    await tabTo(page, page.getByRole('link', { name: there.reference }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();

    const event = page.getByRole('link', { name: 'charge.succeeded' });
    await tabTo(page, event);
    await page.keyboard.press('Enter');
    const replay = page.getByRole('button', { name: 'Replay…' });
    await tabTo(page, replay);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing would change.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.waitForFunction('document.activeElement.textContent === "Replay…"');
  });

  it('finds payments by the provider’s id and explains flags in words', async () => {
    const page = await signedIn();
    await open(page, 'payments');
    await page.getByLabel('Provider’s id').fill('re_lost');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/ref=re_lost/);
    await page.getByRole('table').getByRole('link').click();
    await page.getByText('The payment itself was never seen').waitFor();
  });

  it('exports the filtered payments, and an event’s exact bytes', async () => {
    const page = await signedIn();
    await open(page, 'payments?status=failed');
    const csv = await downloaded(page, 'Export as CSV');
    expect(csv.split('\n')[0]).toContain('status');
    expect(csv).toContain(',failed,EUR');
    expect(csv).not.toContain(',captured,EUR');

    await open(page, `events/${there.quarantined}`);
    const { body } = await service.fetch(`/api/events/${there.quarantined}/body`, {
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(await downloaded(page, 'Download the exact bytes')).toBe((body as Buffer).toString());
  });

  it('says why a webhook was refused', async () => {
    const page = await signedIn();
    await open(page, 'refused?source=generic');
    await page.getByText('401 signature invalid').waitFor();
    await page.getByText(/It is not signed with/).waitFor();
  });

  it('sends a test event through the real path', async () => {
    const page = await signedIn();
    await open(page, 'sources');
    await page.getByRole('button', { name: 'Send a test event to generic' }).click();
    await page.getByText(/It works: answered 200/).waitFor();
    await page.getByRole('link', { name: /The event of a payment/ }).click();
    await page.getByText('payment-webhooks-test').waitFor();
  });

  it('makes an endpoint, shows its secret once, pauses it and rotates the secret', async () => {
    const page = await signedIn();
    await open(page, 'endpoints');
    await page.getByRole('button', { name: 'New endpoint…' }).click();
    await page.getByLabel('Name').fill('books');
    await page.getByLabel('Address').fill('http://127.0.0.1:39998/');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

    const books = page.getByRole('region', { name: 'books' });
    await books.getByRole('button', { name: 'Pause' }).click();
    await books.getByText('by hand').waitFor();
    await books.getByRole('button', { name: 'Rotate the secret…' }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    await page.getByText(/^whsec_/).waitFor();
  });

  it('sends again what was given up', async () => {
    const page = await signedIn();
    await open(page, `notifications/${there.dead}`);
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('yes: out of the order of versions').waitFor();
  });

  it('replays an event after showing what that changes', async () => {
    const page = await signedIn();
    await open(page, `events/${there.quarantined}`);
    await page.getByText('Quarantined: mode mismatch').waitFor();
    await page.getByRole('button', { name: 'Replay…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('cell', { name: '49.99 EUR' }).first().waitFor();
    expect(await service.api(`events/${there.quarantined}`)).toMatchObject({
      status: 'quarantined',
    });

    await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
    await dialog.getByText('Payments that have a new version: 1.').waitFor();
    expect(await service.api(`events/${there.quarantined}`)).toMatchObject({ status: 'applied' });
  });
});

/** Presses Tab until it is there, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.first().waitFor();
  for (let presses = 0; presses < 80; presses++) {
    const isThere = await target
      .first()
      .evaluate(
        (element: { ownerDocument: { activeElement: unknown } }) =>
          element === element.ownerDocument.activeElement,
      );
    if (isThere) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${target.toString()}`);
}

/** The text of the file that a button saves. */
async function downloaded(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return readFile(await (await download).path(), 'utf8');
}
