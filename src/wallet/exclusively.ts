/** Runs `work` while nothing else, in any context of the extension, runs under the same name. */
export type Exclusively = <T>(name: string, work: () => Promise<T>) => Promise<T>;
