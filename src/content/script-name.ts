/** What the hold is called in stack traces: not its address, which would tell a page that the purse is there. */
export const SCRIPT_NAME = 'native';
