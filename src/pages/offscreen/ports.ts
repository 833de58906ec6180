/** The port for work requests from the service worker to the offscreen document. */
export const WORK_PORT = 'work';

/** The port that is opened only to wake the service worker when its work is found. */
export const WORK_READY_PORT = 'work-ready';
