// A text area with line numbers (data-editor), and buttons that put the cursor where a finding is (data-line).
for (const editor of document.querySelectorAll("[data-editor]")) {
  const area = editor.querySelector("textarea");
  const gutter = editor.querySelector(".gutter");
  let shown = 0;
  const number = () => {
    const lines = area.value.split("\n").length;
    if (lines === shown) return;
    shown = lines;
    gutter.textContent = Array.from({ length: lines }, (_, n) => n + 1).join("\n");
  };
  const look = getComputedStyle(area);
  gutter.style.fontSize = look.fontSize;
  gutter.style.lineHeight = look.lineHeight;
  const follow = () => { gutter.scrollTop = area.scrollTop; };
  area.addEventListener("input", number);
  area.addEventListener("scroll", follow, { passive: true });
  number();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-line]");
  const area = button && document.querySelector("[data-editor] textarea");
  if (!area) return;
  const lines = area.value.split("\n");
  const at = Math.min(Number(button.dataset.line), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
  const column = Math.max(Number(button.dataset.column) - 1, 0);
  area.focus();
  area.setSelectionRange(start + Math.min(column, lines[at].length), start + lines[at].length);
  area.scrollTop = Math.max(0, at - 6) * parseFloat(getComputedStyle(area).lineHeight);
});
