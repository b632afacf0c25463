import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { whyNoBrowser } from '../browser-tests.ts';

export interface OpenBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * A real Chromium, headless: that of CHROMIUM where it is set, else the one that comes by npm,
 * which is for Linux on x64. It is unpacked to a folder of its own, with the libraries that a bare
 * machine lacks, so that no half of an earlier one is in the way.
 * @throws Error if this machine has no browser, saying what to set
 */
export async function openBrowser(): Promise<OpenBrowser> {
  const given = process.env.CHROMIUM;
  if (given) {
    const browser = await chromium.launch({ executablePath: given });
    return { browser, close: () => browser.close() };
  }
  const why = whyNoBrowser();
  if (why !== undefined) throw new Error(why);
  const folder = mkdtempSync(join(tmpdir(), 'fivewire-chromium-'));
  const { TMPDIR } = process.env;
  // Where the package unpacks to.
  process.env.TMPDIR = folder;
  try {
    const { default: packed, inflate } = await import('@sparticuz/chromium');
    const manifest = findPackageJSON('@sparticuz/chromium', import.meta.url) ?? '';
    const executablePath = await packed.executablePath();
    const parts = join(dirname(manifest), 'bin');
    await inflate(join(parts, 'al2023.tar.br'));
    // Without a font a page has no text, and so no width. The package's own list has other places.
    await inflate(join(parts, 'fonts.tar.br'));
    const fonts = join(folder, 'fonts');
    const list = `<fontconfig><dir>${fonts}</dir><cachedir>${fonts}/cache</cachedir></fontconfig>`;
    writeFileSync(join(fonts, 'fonts.conf'), `<?xml version="1.0"?>${list}`);
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu'],
      env: {
        ...process.env,
        LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
        FONTCONFIG_PATH: fonts,
      },
    });
    return {
      browser,
      async close() {
        await browser.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
