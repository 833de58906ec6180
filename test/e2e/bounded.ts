/** How long the browser may take to answer (ms): longer than anything that it is asked, and shorter than a test. */
const LIMIT = 120_000;

/**
 * The answer of the browser, or an error that names what was asked. For calls that Playwright waits for without a limit:
 * a test that only runs out of time does not say where it stood.
 */
export async function bounded<T>(asked: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`${asked}: the browser gave no answer in ${LIMIT / 1000} s`));
    timer = setTimeout(fail, LIMIT);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
