/**
 * The service worker: the site's own files, so that it opens without a connection. It never touches the API, the
 * socket, the store or any other origin, and holds no token: requests it does not answer go their way untouched.
 *
 * `FILES` and `VERSION` are filled in by the build (src/pwa/plugin.ts). Files under /assets/ are named by what is in them.
 */
const FILES = self.__FILES__;
const CACHE = "pilaster-__VERSION__";

self.addEventListener("install", (event) => {
  // All or nothing: a version that is not whole is never used. The browser's own cache is asked for no page.
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(FILES.map((each) => new Request(each, { cache: "reload" })))),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("pilaster-") && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  // The page asked the user first: a new version takes the place of the old one under no one's hands.
  if (event.data === "take-over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || request.headers.has("authorization")) return;
  if (/^\/(api|ws|health)(\/|$)/.test(url.pathname)) return;
  if (request.mode === "navigate") {
    event.respondWith(kept("/").then((found) => found ?? fetch(request)));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(kept(url.pathname).then((found) => found ?? fetch(request)));
  }
});

async function kept(path) {
  return await (await caches.open(CACHE)).match(path);
}
