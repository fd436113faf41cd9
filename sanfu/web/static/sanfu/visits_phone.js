// 现场记录: drafts, outbox, photos and receipts in IndexedDB. An operation leaves the outbox only in the transaction
// that stores the server's answer; ids are made once; one tab sends at a time (Web Lock).

const paths = JSON.parse(document.getElementById("visit-paths").textContent);
const STORES = ["drafts", "outbox", "photos", "receipts"];

// ---- ids: UUIDv7, made once ----

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// ---- the phone's own database ----

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("sanfu-visits", 1);
  asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name, { keyPath: "id" }));
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function all(name) {
  const db = await opened;
  return new Promise((resolve, reject) => {
    const asked = db.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function write(work, ...names) {
  const db = await opened;
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(names, "readwrite", { durability: "strict" });
    work(...names.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

// ---- writing down ----

const form = document.getElementById("visit-form");
const said = document.getElementById("visit-said");
let record = { id: newId(), values: {}, last: "", version: 0, planned: "" };

function tell(words, tone = "info") {
  said.textContent = words;
  said.dataset.tone = tone;
}

async function hash(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

async function save(event) {
  event.preventDefault();
  const data = new FormData(form);
  const changes = {};
  for (const name of ["firm", "held_on", "people", "note", "promise"]) {
    const value = String(data.get(name) || "").trim();
    if (value !== (record.values[name] || "")) changes[name] = { old: record.values[name] ?? null, new: value };
  }
  if (!String(data.get("firm") || "").trim()) return tell("请先写企业名称。", "danger");
  const made = [];
  const now = new Date().toISOString();
  if (Object.keys(changes).length) {
    made.push({ id: newId(), kind: "visit", record: record.id, base: record.version, changes, after: record.last, device_at: now });
  }
  const demand = String(data.get("demand") || "").trim();
  if (demand) {
    made.push({ id: newId(), kind: "demand", record: newId(), base: 0, needs: record.id, changes: { text: { old: null, new: demand } }, device_at: now });
  }
  const photos = [];
  for (const file of data.getAll("photos")) {
    if (file.size) photos.push({ id: newId(), visit: record.id, blob: file, sha256: await hash(file), device_at: now });
  }
  if (!made.length && !photos.length) return tell("没有改动，不用再存。");
  for (const [name, change] of Object.entries(changes)) record.values[name] = change.new;
  if (made.length && made[0].kind === "visit") record.last = made[0].id;
  await write(
    (drafts, outbox, pictures) => {
      drafts.put(record);
      made.forEach((one, at) => outbox.add({ id: one.id, at: now, order: at, body: one, tries: 0 }));
      photos.forEach((one) => pictures.add(one));
    },
    "drafts", "outbox", "photos",
  );
  form.elements.demand.value = "";
  form.elements.photos.value = "";
  tell("已存在手机上，有网络时自动发送。");
  await show();
  flush();
}

function begin(draft) {
  record = draft || { id: newId(), values: {}, last: "", version: 0 };
  for (const name of ["firm", "held_on", "people", "note", "promise"]) {
    if (form.elements[name]) form.elements[name].value = record.values[name] || (name === "held_on" ? form.dataset.today : "");
  }
  form.elements.demand.value = "";
}

// ---- sending ----

async function greeted() {
  const answer = await fetch(paths.hello, { redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || !answer.ok) throw new Error("signed-out");
  return answer.json();
}

async function keep(id, answer, from) {
  if (answer.outcome === "later") return false;
  await write(
    (waiting, receipts) => {
      receipts.put({ id, answer, at: new Date().toISOString() });
      waiting.delete(id);
    },
    from, "receipts",
  );
  return true;
}

async function sendOne(one, token) {
  const answer = await fetch(paths.send, {
    method: "POST", redirect: "manual", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(one.body),
  });
  if (answer.status === 422) {
    const refused = await answer.json();
    await write((outbox) => outbox.put({ ...one, tries: one.tries + 1, words: refused.words }), "outbox");
    return;
  }
  if (answer.ok) await keep(one.id, await answer.json(), "outbox");
}

async function sendPhoto(one, token) {
  const body = new FormData();
  body.set("id", one.id);
  body.set("visit", one.visit);
  body.set("sha256", one.sha256);
  body.set("photo", one.blob, `${one.id}.jpg`);
  const answer = await fetch(paths.photo, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": token }, body });
  if (answer.ok) await keep(one.id, await answer.json(), "photos");
}

async function flushAll() {
  const waiting = await all("outbox");
  const photos = await all("photos");
  if (!waiting.length && !photos.length) return;
  let hello;
  try {
    hello = await greeted();
  } catch (problem) {
    tell(problem.message === "signed-out" ? "登录已过期：请重新登录，待发件都还在手机上。" : "现在没有网络，记录都在手机上。", "warn");
    return;
  }
  waiting.sort((one, other) => (one.at + one.order).localeCompare(other.at + other.order));
  const ordered = [...waiting.filter((one) => one.body.kind === "visit"), ...waiting.filter((one) => one.body.kind !== "visit")];
  for (const one of ordered) {
    try {
      await sendOne(one, hello.token);
    } catch { /* one failure does not hold up the others; it stays in the outbox */ }
  }
  for (const one of photos) {
    try {
      await sendPhoto(one, hello.token);
    } catch { /* stays */ }
  }
}

export async function flush() {
  await navigator.locks.request("sanfu-visits-flush", { ifAvailable: true }, async (lock) => {
    if (lock) await flushAll();
  });
  await show();
}

// ---- receipts: made n, received n ----

function line(list, words) {
  const row = document.createElement("li");
  row.textContent = words;
  list.append(row);
}

async function show() {
  const [outbox, photos, receipts, drafts] = await Promise.all(["outbox", "photos", "receipts", "drafts"].map(all));
  const waiting = outbox.length + photos.length;
  document.getElementById("visit-count").textContent = `本机共做 ${receipts.length + waiting} 件，服务器已收 ${receipts.length} 件，待发 ${waiting} 件`;
  const list = document.getElementById("visit-waiting");
  list.replaceChildren();
  outbox.forEach((one) => line(list, `${one.body.kind === "visit" ? "走访记录" : "企业诉求"} ${one.id.slice(0, 8)}${one.words ? `：${one.words}` : ""}`));
  photos.forEach((one) => line(list, `照片 ${one.id.slice(0, 8)}`));
  const old = [...outbox, ...photos].some((one) => Date.now() - Date.parse(one.at || one.device_at) > 3 * 86400e3);
  if (old) tell("有记录超过三天没有发出；请连上网络，或导出待发件。", "danger");
  const answers = document.getElementById("visit-answers");
  answers.replaceChildren();
  receipts.slice(-20).reverse().forEach((one) => line(answers, `${one.id.slice(0, 8)}：${one.answer.words || one.answer.outcome}`));
  const earlier = document.getElementById("visit-drafts");
  earlier.replaceChildren();
  drafts.slice(-10).reverse().forEach((one) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.textContent = one.values.firm || "未写企业";
    button.addEventListener("click", () => begin(one));
    earlier.append(button);
  });
}

async function compare() {
  const receipts = await all("receipts");
  try {
    const hello = await greeted();
    const answer = await fetch(paths.have, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": hello.token }, body: JSON.stringify(receipts.map((one) => one.id)) });
    const have = new Set((await answer.json()).have);
    const missing = receipts.filter((one) => !have.has(one.id));
    tell(missing.length ? `服务器缺 ${missing.length} 件：${missing.map((one) => one.id.slice(0, 8)).join("、")}` : `核对一致：${have.size} 件，编号相同。服务器时间 ${hello.now}`, missing.length ? "danger" : "info");
  } catch {
    tell("现在没有网络，稍后再核对。", "warn");
  }
}

async function exported() {
  const rows = { outbox: (await all("outbox")).map((one) => one.body), photos: (await all("photos")).map(({ id, visit, sha256 }) => ({ id, visit, sha256 })) };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(rows, null, 1)], { type: "application/json" }));
  link.download = "待发件.json";
  link.click();
}

form.addEventListener("submit", save);
document.getElementById("visit-new").addEventListener("click", () => begin());
document.getElementById("visit-flush").addEventListener("click", flush);
document.getElementById("visit-compare").addEventListener("click", compare);
document.getElementById("visit-export").addEventListener("click", exported);
document.querySelectorAll("[data-planned]").forEach((button) => button.addEventListener("click", async () => {
  const known = (await all("drafts")).find((one) => one.id === button.dataset.planned);
  begin(known || { id: button.dataset.planned, values: { firm: button.dataset.firm }, last: "", version: Number(button.dataset.version) });
}));
addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
setInterval(flush, 60000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(paths.worker, { scope: new URL("../", new URL(paths.worker, location)).pathname }).catch(() => {});
if (navigator.storage?.persist) navigator.storage.persist();
begin();
show().then(flush);
