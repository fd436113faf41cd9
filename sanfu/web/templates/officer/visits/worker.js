// Keeps the phone page so that it opens without network; what is sent never goes through here.
const WANTED = {{ wanted|safe }};
const KEPT = "visits-1";
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(WANTED)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !WANTED.includes(path)) return;
  event.respondWith(
    fetch(event.request)
      .then(async (answer) => {
        if (answer.ok && !answer.redirected) (await caches.open(KEPT)).put(path, answer.clone());
        return answer;
      })
      .catch(async () => (await caches.match(path)) || Response.error()),
  );
});
