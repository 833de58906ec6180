/** `work`, but at once only after a while without it: what is wanted meanwhile is done once, when the while (ms) is over. */
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
