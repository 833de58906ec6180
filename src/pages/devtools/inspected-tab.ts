/** Returns the tab of the developer tools, or the one named in `?tab=`; otherwise null. */
export function inspectedTab(): number | null {
  // The interface exists only in a panel of the developer tools.
  const { devtools } = globalThis.chrome as Partial<Pick<typeof chrome, 'devtools'>>;
  if (devtools !== undefined) return devtools.inspectedWindow.tabId;
  const named = new URLSearchParams(location.search).get('tab') ?? '';
  return /^\d{1,15}$/.test(named) ? Number(named) : null;
}
