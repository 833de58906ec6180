/**
 * Puts a text on the clipboard; rejects where the browser lets nobody. The developer tools grant no Clipboard API to the
 * panels in them, but a copy by command, as the user's own keys would make.
 */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (refused) {
    if (!copyByCommand(text)) throw refused;
  }
}

function copyByCommand(text: string): boolean {
  let isPut = false;
  const put = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    isPut = event.clipboardData !== null;
  };
  document.addEventListener('copy', put, { once: true, capture: true });
  const isDone = document.execCommand('copy');
  document.removeEventListener('copy', put, { capture: true });
  return isDone && isPut;
}
