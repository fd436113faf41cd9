// Behaviour of the shell, hung on data attributes. No framework; every page also works without it.
const on = (type, selector, handle) =>
  document.addEventListener(type, (event) => {
    const hit = event.target.closest?.(selector);
    if (hit) handle(hit, event);
  });

// ---- menu drawer on a phone ----
const openMenu = (open) => {
  document.body.classList.toggle("menu-open", open);
  const button = document.querySelector("[data-menu]");
  button?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#menu a")?.focus();
  else button?.focus({ preventScroll: true });
};
on("click", "[data-menu]", () => openMenu(!document.body.classList.contains("menu-open")));
on("click", "[data-menu-close]", () => openMenu(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("menu-open")) openMenu(false);
});

// ---- the box over everything: Ctrl+K goes there, Escape leaves ----
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("find");
  if (!box) return;
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && box.form.contains(document.activeElement)) document.activeElement.blur();
});

// ---- large type: a cookie, so that the server renders it from the first byte ----
on("click", "[data-large]", (button) => {
  const large = document.documentElement.dataset.size !== "large";
  document.cookie = `large=${large ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
  if (large) document.documentElement.dataset.size = "large";
  else delete document.documentElement.dataset.size;
  button.setAttribute("aria-pressed", String(large));
  const label = button.querySelector(".wide-only");
  if (label) label.textContent = large ? "标准字号" : "大字版";
  window.dispatchEvent(new Event("resize"));
});

// ---- dialogs, toasts, print, back ----
on("click", "[data-opens]", (button) => document.getElementById(button.dataset.opens)?.showModal());
on("click", "[data-close]", (button) => button.closest("dialog")?.close());
on("click", "dialog", (dialog, event) => {
  if (event.target === dialog) dialog.close();
});
on("click", "[data-dismiss]", (button) => button.closest("[data-toast]")?.remove());
on("click", "[data-print]", () => window.print());
on("click", "[data-back]", () => window.history.back());
on("click", "[data-fill]", (button) => {
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
    for (const field of document.querySelectorAll(`[name="${name}"]`)) {
      if (field.type === "checkbox") field.checked = value.includes(field.value);
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  document.querySelector(button.dataset.focus ?? "[type=submit]")?.focus();
});

on("click", "[data-insert]", (button) => {
  const field = document.querySelector(`textarea[name="${button.dataset.into}"]`);
  if (!field) return;
  const glue = field.value && field.selectionStart === field.value.length && !field.value.endsWith("\n") ? "\n" : "";
  field.setRangeText(glue + button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

export const toast = (text, tone = "info") => {
  const box = document.createElement("div");
  box.className = `notice ${tone}`;
  box.dataset.toast = "";
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "close";
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "关闭提示");
  close.textContent = "×";
  box.append(words, close);
  document.getElementById("toasts")?.append(box);
  if (tone !== "danger") setTimeout(() => box.remove(), 8000);
};
for (const box of document.querySelectorAll("#toasts [data-toast]:not(.danger):not(.warn)")) setTimeout(() => box.remove(), 8000);

const SAID = {
  400: "请求无法识别，没有做任何改动。请刷新页面后重试。",
  403: "没有这项权限，或页面打开太久。请刷新页面后重试。",
  404: "没有找到这条记录，可能已移动。请刷新页面。",
  409: "别人刚刚处理过这条记录。请刷新页面查看最新情况。",
  413: "内容太大，没有保存。请拆分后重试。",
  429: "操作过于频繁，请稍等几分钟再试。",
};
document.addEventListener("htmx:responseError", (event) =>
  toast(SAID[event.detail.xhr.status] ?? "系统出了问题，操作没有完成。请稍后重试。", "danger"));
document.addEventListener("htmx:sendError", () => toast("网络连接中断，操作没有完成。请检查网络后重试。", "danger"));

// ---- forms: a form that was sent is not sent again by a second click ----
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "repeat" in form.dataset) return;
  if (form.dataset.sent) return void event.preventDefault();
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// ---- filters of a list: empty fields stay out of the address; choosing searches at once ----
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches?.("form.filters")) return;
  for (const [name, value] of [...event.detail.formData.entries()]) if (value === "") event.detail.formData.delete(name);
});
on("change", "form.filters select, form.filters [type=checkbox]", (field) => field.form.requestSubmit());

// ---- column chooser ----
on("click", "[data-columns] button", (button) => {
  const address = new URL(window.location.href);
  for (const name of ["hide", "show"]) address.searchParams.delete(name);
  for (const box of button.form.querySelectorAll("input")) {
    const usual = box.dataset.default === "1";
    if (box.checked !== usual) address.searchParams.append(box.checked ? "show" : "hide", box.value);
  }
  window.location.assign(address);
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".tools details[open]")) if (!open.contains(event.target)) open.open = false;
});

// ---- upload: say what was chosen ----
on("change", "[data-upload] input", (input) => {
  const said = input.closest("[data-upload]").querySelector("output");
  said.textContent = [...input.files].map((f) => `${f.name}(${(f.size / 1024 / 1024).toFixed(2)} MB)`).join("、");
});
for (const [type, over] of [["dragover", true], ["dragleave", false], ["drop", false]])
  on(type, "[data-upload]", (area, event) => {
    event.preventDefault();
    area.classList.toggle("over", over);
    const input = area.querySelector("input");
    if (type === "drop" && event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

// ---- dates: an empty one says 年-月-日 in every browser language ----
const dates = (root) => {
  for (const field of root.querySelectorAll?.("input[type=date]") ?? []) field.toggleAttribute("data-empty", !field.value);
};
on("input", "input[type=date]", (field) => field.toggleAttribute("data-empty", !field.value));

// ---- the red goes when the text is there; a refused form keeps what was typed ----
on("input", ".field :is(input, textarea, select)", (control) => {
  const field = control.closest(".field");
  const form = control.form;
  if (!control.value || !field.querySelector(".wrong")) return;
  for (const said of field.querySelectorAll(".wrong")) said.remove();
  control.removeAttribute("aria-invalid");
  if (form && !form.querySelector(".wrong")) form.querySelector(".notice.danger[role=alert]")?.remove();
});

// ---- phone: what a list asks is folded until it is wanted ----
const fold = (root) => {
  if (!matchMedia("(max-width: 760px)").matches) return;
  for (const form of root.querySelectorAll?.("form.filters:not([data-foldable])") ?? []) {
    form.dataset.foldable = "";
    const rest = [...form.children].filter((one) => !one.matches(".wide, input, .unfold, script"));
    const asked = [...form.querySelectorAll(".field:not(.wide) :is(select, input)")].some((one) => (one.type === "checkbox" ? one.checked : one.value));
    if (rest.length < 3 || asked) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn unfold";
    button.textContent = "查询条件";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => button.setAttribute("aria-expanded", String(!form.classList.toggle("folded"))));
    form.prepend(button);
    form.classList.add("folded");
  }
};

// ---- phone: a table that would have to be scrolled sideways becomes cards, each cell with its heading ----
const asCards = () => {
  if (!matchMedia("(max-width: 640px)").matches) return;
  for (const table of document.querySelectorAll(".scroll > table:not(.cards)")) {
    const box = table.parentElement;
    const heads = [...table.querySelectorAll("thead tr:only-child > th:not([colspan])")].map((th) => th.textContent.trim());
    if (!heads.length || box.scrollWidth <= box.clientWidth + 1) continue;
    for (const row of table.tBodies[0]?.rows ?? []) for (const [at, cell] of [...row.cells].entries()) cell.dataset.label ||= heads[at] ?? "";
    table.classList.add("cards");
  }
};
document.addEventListener("toggle", asCards, true); // a table within something folded has a width only when it opens
matchMedia("(max-width: 640px)").addEventListener("change", asCards);

// ---- what needs more code is loaded only where it stands ----
const enhance = (root) => {
  dates(root);
  fold(root);
  asCards();
  if (root.querySelector?.("[data-chart]")) import("./charts.js").then((module) => module.draw(root));
  if (root.matches?.("[data-list]") || root.querySelector?.("[data-list], #bulk-form")) import("./lists.js").then((module) => module.ready(root));
  if (root.querySelector?.("[data-cascader]")) import("./cascader.js").then((module) => module.link(root));
};
enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target));
