/** How long the browser may take to begin with a file (ms). */
const BEGINNING = 60_000;

/** Gives the user a file to keep: a download of the page's own, for which the purse needs no permission. */
export function saveFile(name: string, type: string, parts: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINNING);
}

/** Today by the user's own calendar, for the name of a file: `2026-11-22`. */
export function today(now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
