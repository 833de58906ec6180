/**
 * The hold (MAIN world): keeps a page's own 402 back while the purse decides, and sends the same request again when it
 * may. It adds no header, learns only whether to retry, and changes nothing in a page without a bridge.
 */
import { connectBridge } from './bridge-client.ts';
import { holdFetch } from './fetch.ts';
import { keepSource } from './natives.ts';
import { holdXhr } from './xhr.ts';

connectBridge((bridge) => {
  keepSource();
  holdFetch(bridge);
  holdXhr(bridge);
});
