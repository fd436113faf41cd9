// Lists: choosing rows for a bulk act, and the record beside the list on a wide screen.
// Without script the tick boxes and the buttons of the bulk bar work just the same.
const WIDE = window.matchMedia("(min-width: 1500px)");
const KEY = "beside";
const boxes = (root) => [...root.querySelectorAll('tbody input[name="pick"]')];

const say = (list) => {
  const said = list.querySelector("[data-picked]");
  if (!said) return;
  const every = list.querySelector("[data-pick-all]");
  const count = boxes(list).filter((box) => box.checked).length;
  said.textContent = every?.checked ? "已选符合条件的全部" : count ? `已选 ${count} 条` : "勾选后可以成批办理";
  for (const button of list.querySelectorAll(".bulk button")) button.disabled = !count && !every?.checked;
};

document.addEventListener("change", (event) => {
  const box = event.target;
  const root = box.closest?.("[data-list], #bulk-form .card");
  if (!root) return;
  if (box.matches("[data-pick-page]")) for (const one of boxes(root)) one.checked = box.checked;
  if (box.matches('[data-pick-page], [data-pick-all], [name="pick"]')) say(root);
});

// ---- list and record side by side ----
const wanted = () => WIDE.matches && localStorage.getItem(KEY) === "1";

const pane = (list) => {
  const holder = list.closest(".with-record") ?? document.createElement("div");
  if (!holder.isConnected) {
    holder.className = "with-record";
    list.replaceWith(holder);
    holder.append(list);
    const made = document.createElement("aside");
    made.className = "beside-pane";
    made.setAttribute("aria-label", "所选记录");
    made.tabIndex = -1;
    made.innerHTML = '<p class="quiet">点左边任一行的编号，在这里看记录；J、K 上下，Enter 打开。</p>';
    holder.append(made);
  }
  return holder.querySelector(".beside-pane");
};

const open = (link) => {
  const list = link.closest("[data-list]");
  const into = pane(list);
  for (const row of list.querySelectorAll("tr.shown")) row.classList.remove("shown");
  link.closest("tr").classList.add("shown");
  window.htmx.ajax("GET", link.href, { target: into, swap: "innerHTML show:none", select: "#main > .head, #main > .stack" });
};

const arrange = (list) => {
  const button = list.querySelector("[data-beside]");
  if (!button) return;
  button.setAttribute("aria-pressed", String(wanted()));
  if (wanted()) pane(list);
  else {
    const holder = list.closest(".with-record");
    if (holder) holder.replaceWith(list);
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-beside]");
  if (button) {
    localStorage.setItem(KEY, wanted() ? "0" : "1");
    return arrange(button.closest("[data-list]"));
  }
  const link = event.target.closest?.("[data-list] tbody a");
  if (!link || !wanted() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (!link.closest("[data-list]").querySelector("[data-beside]") || link !== link.closest("tr").querySelector("a")) return;
  event.preventDefault();
  open(link);
});

// ---- the keyboard: X ticks the row that has the focus ----
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.activeElement?.closest?.("[data-list] tbody tr")?.querySelector('input[name="pick"]');
  if (!box || document.activeElement.matches("input, select, textarea")) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
});

export const ready = (root) => {
  const lists = root.matches?.("[data-list]") ? [root] : root.querySelectorAll?.("[data-list]") ?? [];
  for (const list of lists) {
    say(list);
    arrange(list);
  }
};
