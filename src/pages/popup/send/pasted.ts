import { Fault } from '../../../fault.ts';

/** How wide or high an image is at most when it is searched for a QR code (px). A larger one is made smaller. */
const LARGEST_SIDE = 1_600;
/** For how long a QR code is looked for in an image (ms). */
const LOOKS_FOR = 2_000;

/**
 * Reads the clipboard, which the browser may ask its user about: a text, or the text of a QR code in an image. Call it on a
 * click only.
 *
 * @throws Fault `fault_clipboardClosed` where the browser does not allow it, `fault_clipboardEmpty`, `fault_noQrCode`
 */
export async function readClipboard(): Promise<string> {
  const items = await navigator.clipboard.read().catch((cause: unknown) => {
    throw new Fault('fault_clipboardClosed', [], { cause });
  });
  for (const item of items) {
    if (item.types.includes('text/plain')) return (await item.getType('text/plain')).text();
    const image = item.types.find((type) => type.startsWith('image/'));
    if (image !== undefined) return readQrCode(await item.getType(image));
  }
  throw new Fault('fault_clipboardEmpty');
}

/** The first image among pasted or dropped data; undefined where there is none. */
export function imageIn(data: DataTransfer | null): File | undefined {
  return [...(data?.files ?? [])].find(({ type }) => type.startsWith('image/'));
}

/** Returns the text of the QR code in an image. @throws Fault `fault_noQrCode`, also for what is no image */
export async function readQrCode(image: Blob): Promise<string> {
  try {
    const pixels = await pixelsOf(image);
    const { decodeQR } = await import('qr/decode.js');
    return decodeQR(pixels, { timeLimit: LOOKS_FOR });
  } catch (cause) {
    throw new Fault('fault_noQrCode', [], { cause });
  }
}

async function pixelsOf(image: Blob): Promise<ImageData> {
  const bitmap = await createImageBitmap(image);
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale)];
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (context === null) throw new TypeError('no canvas');
  // A code without a ground of its own is dark on light.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
