// A range input that moves a number field, and the other way: hung on data-mirror. The field is what is sent.
const fire = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
document.addEventListener("input", (event) => {
  const range = event.target.closest?.("[data-mirror]");
  if (range) {
    const field = document.querySelector(range.dataset.mirror);
    if (field && field.value !== range.value) {
      field.value = range.value;
      fire(field);
    }
    return;
  }
  const mirror = event.target.id && document.querySelector(`[data-mirror="#${event.target.id}"]`);
  if (mirror && mirror.value !== event.target.value) mirror.value = event.target.value;
});
// Another clause or threshold has another scale: the whole page is asked for again.
document.addEventListener("change", (event) => {
  const select = event.target.closest?.("[data-reload]");
  if (!select) return;
  event.stopPropagation();
  select.form.submit();
}, true);
