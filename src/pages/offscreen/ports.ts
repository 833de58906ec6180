/** The port on which the service worker asks the offscreen document for work. */
export const WORK_PORT = 'work';

/** The port that is only opened to wake a service worker whose work has been found. */
export const WORK_READY_PORT = 'work-ready';
