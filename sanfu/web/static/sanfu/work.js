// What makes a day at the desk lighter: a draft that survives a closed tab, and the keyboard on lists.
// Drafts stay in this browser, by person and page; they go when the form is taken and when the person signs out.

const PREFIX = "draft:";
const all = (root, what) => [...root.querySelectorAll(what)];

const draftOf = (form) => {
  const key = `${PREFIX}${form.dataset.draft}:${location.pathname}`;
  const fields = all(form, "textarea[name], input[type=text][name]");
  const refused = form.querySelector(".notice.danger") !== null;
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    localStorage.removeItem(key);
  }
  if (kept.sent && !refused) {
    localStorage.removeItem(key);
    kept = {};
  }
  const restored = fields.filter((field) => !field.value && kept[field.name]);
  for (const field of restored) field.value = kept[field.name];
  if (restored.length) {
    const said = document.createElement("p");
    said.className = "quiet";
    said.setAttribute("role", "status");
    said.textContent = "已恢复上次没有提交的内容。";
    form.prepend(said);
  }
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
  form.addEventListener("submit", () => {
    const now = JSON.parse(localStorage.getItem(key) ?? "{}");
    localStorage.setItem(key, JSON.stringify({ ...now, sent: true }));
  });
};
all(document, "form[data-draft]").forEach(draftOf);

document.addEventListener("submit", (event) => {
  if (!event.target.action?.endsWith("/logout/")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
});

// ---- keyboard: / searches, J and K go down and up the rows, Enter opens, ? shows them ----
const HELP = "键盘：/ 查找本页，Ctrl+K 检索全平台，J 下一行，K 上一行，Enter 打开，X 勾选，? 显示本说明";
const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable], dialog[open]");
const step = (by) => {
  const links = all(document, "main tbody tr a").filter((link, n, list) => list.findIndex((one) => one.closest("tr") === link.closest("tr")) === n);
  if (!links.length) return;
  const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  links[Math.min(Math.max(here + by, 0), links.length - 1)].focus();
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const does = {
    "/": () => document.querySelector("main input[type=search], main input[name=q]")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    "?": () => import("./shell.js").then((shell) => shell.toast(HELP)),
  }[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  does();
});
