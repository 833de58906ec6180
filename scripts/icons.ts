/** Draws the PNG icons from the one SVG: `npx tsx scripts/icons.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright';

const FOLDER = new URL('../public/icons/', import.meta.url);
const SIZES = [16, 32, 48, 128];

const svg = await readFile(new URL('purse.svg', FOLDER));
const source = `data:image/svg+xml;base64,${svg.toString('base64')}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
for (const size of SIZES) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<body style="margin:0"><img src="${source}" width="${size}" height="${size}" style="display:block"></body>`,
  );
  await page.locator('img').evaluate((image) => (image as HTMLImageElement).decode());
  await writeFile(new URL(`purse-${size}.png`, FOLDER), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
