/** The tab that is looked at: the one that the developer tools are of, or the one named in `?tab=`; else null. */
export function inspectedTab(): number | null {
  // Only a panel of the developer tools has their interface.
  const { devtools } = globalThis.chrome as Partial<Pick<typeof chrome, 'devtools'>>;
  if (devtools !== undefined) return devtools.inspectedWindow.tabId;
  const named = new URLSearchParams(location.search).get('tab') ?? '';
  return /^\d{1,15}$/.test(named) ? Number(named) : null;
}
