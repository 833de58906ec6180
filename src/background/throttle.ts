/**
 * Limits how often `work` runs: at once on the first call, and then once at the end of each pause (ms) in which it was
 * called again.
 */
export function throttle(work: () => void, pause: number): () => void {
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    timer = isWanted ? setTimeout(rest, pause) : undefined;
    if (isWanted) work();
    isWanted = false;
  };
  return () => {
    isWanted = true;
    if (timer === undefined) rest();
  };
}
