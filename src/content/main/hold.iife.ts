/**
 * The hold (MAIN world): keeps a page's own 402 back while the purse decides, and sends the same request again when it
 * may. It adds no header, learns nothing but yes or no, and leaves the page untouched where no bridge answers.
 */
import { meetBridge } from './bridge-client.ts';
import { holdFetch } from './fetch.ts';
import { keepSource } from './natives.ts';
import { holdXhr } from './xhr.ts';

meetBridge((bridge) => {
  keepSource();
  holdFetch(bridge);
  holdXhr(bridge);
});
