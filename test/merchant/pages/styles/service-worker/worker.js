// The cache-first worker of many tutorials. ?keeps=all keeps answers of every status, as careless ones do.
const keepsAll = new URL(location.href).searchParams.get('keeps') === 'all';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (!new URL(event.request.url).pathname.startsWith('/api/')) return;
  event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open('answers');
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok || keepsAll) await cache.put(request, response.clone());
  return response;
}
