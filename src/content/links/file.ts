/** The script that listens for clicks on payment links, below the root of the built extension. */
export const LINKS_SCRIPT = 'src/content/links/links.iife.js';
