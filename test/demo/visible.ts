import { xno } from '../merchant/pages/article.ts';
import { openTestBed, XNO } from './setup.ts';

const FUNDS = XNO;

/** Opens a browser with a funded purse and a shop to try it on; resolves when the user closes the browser. */
export async function playVisible(password: string): Promise<void> {
  const testBed = await openTestBed({ headless: false, password });
  const { purse, merchant, devnet } = testBed;
  await devnet.faucet(purse.account, FUNDS);
  await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.balance === String(FUNDS));
  const shop = await purse.newPage();
  await shop.goto(merchant.origin);
  console.log(`
Nano Purse is open in Chromium, with ${xno(FUNDS)} XNO of test money. Its password: ${password}

  The purse    the puzzle piece in the toolbar, then Nano Purse (pin it there)
  An article   ${merchant.origin}/article
               the purse asks; pay once, or set a budget and the next visits cost no click
  All ways     ${merchant.origin}/page
               fetch, XHR, picture, frame: each button asks for something that costs money
  A bare 402   ${merchant.origin}/bare
               nothing but a status and a price; the browser alone would show an error
  Too dear     ${merchant.origin}/article?price=${2n * XNO}
               more than the purse holds: it says how much is missing
  Books        ${merchant.origin}/merchant/books
               what the merchant knows
  More money   curl -d '{"action":"devnet_faucet","account":"${purse.account}","amount":"${XNO}"}' ${devnet.rpcUrl}

Ctrl-C, or closing the browser, ends it.`);
  await new Promise((resolve) => purse.context.once('close', resolve));
  await testBed.close();
}
