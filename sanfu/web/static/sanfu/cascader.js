// One long select becomes linked selects, level by level. The long one stays in the form and carries the value.
const level = (options, parent, label) => {
  const select = document.createElement("select");
  select.setAttribute("aria-label", label);
  select.append(new Option("请选择", ""), ...options.filter((o) => o.dataset.parent === parent).map((o) => new Option(o.dataset.label, o.value)));
  return select;
};

const build = (source) => {
  if (source.dataset.linked) return;
  source.dataset.linked = "1";
  const options = [...source.options].filter((o) => o.value);
  const name = source.labels?.[0]?.textContent.replace("*", "").trim() ?? "";
  const box = document.createElement("div");
  box.className = "row";
  source.hidden = true;
  source.after(box);
  const show = (parent, depth) => {
    while (box.children.length > depth) box.lastElementChild.remove();
    if (!options.some((o) => o.dataset.parent === parent)) return;
    const select = level(options, parent, `${name} 第 ${depth + 1} 级`);
    select.addEventListener("change", () => {
      source.value = select.value || parent;
      source.dispatchEvent(new Event("change", { bubbles: true }));
      if (select.value) show(select.value, depth + 1);
      else while (box.children.length > depth + 1) box.lastElementChild.remove();
    });
    box.append(select);
  };
  const path = [];
  for (let at = source.selectedOptions[0]; at?.value; at = options.find((o) => o.value === at.dataset.parent)) path.unshift(at.value);
  show("", 0);
  path.forEach((value, depth) => {
    box.children[depth].value = value;
    show(value, depth + 1);
  });
};

export const link = (root) => root.querySelectorAll("[data-cascader]").forEach(build);
