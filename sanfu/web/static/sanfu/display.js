// 大屏: asks every half minute whether the figures changed (ETag), puts the new ones in place, says when the network is gone.
// One timer and one request at a time: nothing grows while a screen hangs on a wall for weeks.
const EVERY = 30_000;
const freshness = document.getElementById("freshness");
const fresh = freshness.innerHTML;
let shown = fresh;
let tag = "";

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 404) { location.reload(); return; }
    if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById("figures").replaceWith(page.getElementById("figures"));
      shown = page.getElementById("freshness").innerHTML;
      tag = answer.headers.get("ETag") || "";
    }
    freshness.classList.remove("stale");
    freshness.innerHTML = shown;
    document.getElementById("loaded").textContent = new Date().toLocaleTimeString("zh-CN", { hour12: false });
  } catch {
    freshness.classList.add("stale");
    const at = document.getElementById("loaded")?.textContent || "";
    if (at) freshness.textContent = `${freshness.dataset.stale} ${at}`;
  } finally {
    setTimeout(refresh, EVERY);
  }
}
setTimeout(refresh, EVERY);
addEventListener("offline", () => {
  const at = document.getElementById("loaded")?.textContent || "";
  freshness.classList.add("stale");
  if (at) freshness.textContent = `${freshness.dataset.stale} ${at}`;
});
