import { useEffect, useState } from 'preact/hooks';
import browser from 'webextension-polyfill';

/** The permission by which the purse sees the 402 of any page. */
const ALL_SITES = { origins: ['<all_urls>'] };

/** Whether the browser lets the purse see web pages: its user may have taken that away. True until it is known. */
export function useSiteAccess(): boolean {
  const [isGranted, setGranted] = useState(true);
  useEffect(() => {
    const look = () => void browser.permissions.contains(ALL_SITES).then(setGranted);
    const { onAdded, onRemoved } = browser.permissions;
    for (const event of [onAdded, onRemoved]) event.addListener(look);
    look();
    return () => {
      for (const event of [onAdded, onRemoved]) event.removeListener(look);
    };
  }, []);
  return isGranted;
}

/** Asks the user for it, as the browser allows in answer to a click only. */
export async function requestSiteAccess(): Promise<void> {
  await browser.permissions.request(ALL_SITES);
}
