import type { TestPurse } from '../purse.ts';

/** What lies on the clipboard, as a user finds it: pasted into the decoder. */
export async function pasted({ newPage, url }: TestPurse): Promise<string> {
  const decoder = await newPage();
  await decoder.goto(url('src/pages/developer/index.html'));
  const field = decoder.getByTestId('paste');
  await field.press('ControlOrMeta+V');
  const text = await field.inputValue();
  await decoder.close();
  return text;
}
