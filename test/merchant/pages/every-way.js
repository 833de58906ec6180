// Asks for paid things in every way a page can, and writes down what each one got.
//
// Query: fetch, xhr, img, iframe, post = 1 (the usual route) or any URL; each may repeat. elsewhere=1 asks the merchant
// under its other origin; credentials=1 sends cookies. Everything else is handed on to the usual routes as their terms.
// Outcomes: <output id="fetch-result" data-state="pending|done|failed" data-status="200">, then fetch-result-2, -3, …

const OWN = new Set(['fetch', 'xhr', 'img', 'iframe', 'post', 'elsewhere', 'credentials']);
const USUAL = {
  fetch: '/api/data',
  xhr: '/api/data',
  img: '/image.png',
  iframe: '/frame',
  post: '/api/echo',
};

const query = new URLSearchParams(location.search);
const credentials = query.has('credentials') ? 'include' : 'same-origin';
const asked = { fetch: 0, xhr: 0, img: 0, iframe: 0, post: 0 };

function usual(way) {
  const url = new URL(USUAL[way], location.origin);
  if (query.has('elsewhere')) url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  for (const [name, value] of query) if (!OWN.has(name)) url.searchParams.append(name, value);
  return url.href;
}

function note(way) {
  asked[way] += 1;
  const output = document.createElement('output');
  output.id = asked[way] === 1 ? `${way}-result` : `${way}-result-${asked[way]}`;
  output.dataset.state = 'pending';
  document.getElementById(`${way}-results`).append(output);
  const settle = (state, status, text) => {
    output.dataset.status = String(status);
    output.textContent = text;
    output.dataset.state = state;
  };
  return {
    output,
    done: (status, text) => settle('done', status, text),
    failed: (reason) => settle('failed', 0, String(reason)),
  };
}

const ways = {
  async fetch(url) {
    const { done, failed } = note('fetch');
    try {
      const response = await fetch(url, { credentials });
      done(response.status, await response.text());
    } catch (error) {
      failed(error);
    }
  },

  async post(url) {
    const { done, failed } = note('post');
    try {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ from: 'page', number: asked.post });
      const response = await fetch(url, { method: 'POST', credentials, headers, body });
      done(response.status, await response.text());
    } catch (error) {
      failed(error);
    }
  },

  xhr(url) {
    const { done, failed } = note('xhr');
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.withCredentials = credentials === 'include';
    request.onload = () => done(request.status, request.responseText);
    request.onerror = () => failed('error');
    request.send();
  },

  img(url) {
    const { output, done, failed } = note('img');
    const image = new Image();
    image.alt = 'The picture asked for';
    image.id = output.id.replace('result', 'view');
    image.onload = () => done(200, `${image.naturalWidth} × ${image.naturalHeight}`);
    image.onerror = () => failed('error');
    image.src = url;
    output.before(image);
  },

  iframe(url) {
    const { output, done } = note('iframe');
    const frame = document.createElement('iframe');
    frame.title = 'The document asked for';
    frame.id = output.id.replace('result', 'view');
    // Fires again when the frame is paid for and reloaded: the last word counts.
    frame.onload = () => done(0, frame.contentDocument?.body.textContent.trim() ?? 'another origin');
    frame.src = url;
    output.before(frame);
  },
};

for (const [way, ask] of Object.entries(ways)) {
  document.getElementById(`do-${way}`).onclick = () => ask(usual(way));
  for (const wanted of query.getAll(way)) ask(wanted === '1' ? usual(way) : wanted);
}
