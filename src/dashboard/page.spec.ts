import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import express from 'express';
import { sendProblem, toProblem } from '../operations/problem.filter.js';
import { dashboardPage } from './page.js';

const INDEX = '<!doctype html><title>dashboard</title>';

describe('the page at /dashboard', () => {
  let directory: string;
  let server: Server;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'payment-webhooks-page-'));
    const app = express();
    const page = dashboardPage(directory);
    app.use('/dashboard', (request, response) => {
      const fail = (error: unknown) => sendProblem(request, response, toProblem(error));
      try {
        void page(request, response, fail);
      } catch (error) {
        fail(error);
      }
    });
    server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  beforeEach(async () => {
    await mkdir(path.join(directory, 'assets'), { recursive: true });
    await writeFile(path.join(directory, 'index.html'), INDEX);
    await writeFile(path.join(directory, 'favicon.svg'), '<svg/>');
    await writeFile(path.join(directory, 'assets', 'index-abc123.js'), 'export {};');
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true });
  });

  const get = async (pathname: string, method = 'GET') => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${pathname}`, {
      method,
      headers: { Connection: 'close' },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it.each(['/dashboard', '/dashboard/', '/dashboard/payments', '/dashboard/payments/0190-1?a=b.c'])(
    '%s is its index.html, always fresh',
    async (pathname) => {
      const { status, headers, text } = await get(pathname);
      expect({ status, text }).toEqual({ status: 200, text: INDEX });
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    },
  );

  it('keeps files that have their hash in their name for good, and others fresh', async () => {
    const script = await get('/dashboard/assets/index-abc123.js');
    expect(script).toMatchObject({ status: 200, text: 'export {};' });
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toContain('javascript');
    const icon = await get('/dashboard/favicon.svg');
    expect(icon.status).toBe(200);
    expect(icon.headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    '/dashboard/assets/index-old.js',
    '/dashboard/..%2f..%2fpackage.json',
    '/dashboard/.env',
    '/dashboards',
  ])('%s is nothing', async (pathname) => {
    const { status, text } = await get(pathname);
    expect(status).toBe(404);
    expect(text).not.toContain('<title>dashboard');
  });

  it('takes GET and HEAD only', async () => {
    expect((await get('/dashboard', 'HEAD')).status).toBe(200);
    const post = await get('/dashboard', 'POST');
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });

  it('says how it is built where it is not', async () => {
    await rm(path.join(directory, 'index.html'));
    const { status, text } = await get('/dashboard');
    expect(status).toBe(404);
    expect(text).toContain('npm run build');
  });
});
