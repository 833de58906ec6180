/** The name of the hold in stack traces. Its URL would tell a page that the purse is installed. */
export const SCRIPT_NAME = 'native';
