// A place on the county's map: a tap, a village of the list, or the position of the phone when its owner asks for it.
const start = (box) => {
  const { west, north, x, y } = box.dataset;
  const [west_, north_, fx, fy] = [west, north, x, y].map(Number);
  const svg = box.querySelector("svg.map-svg");
  const pin = box.querySelector("[data-pin]");
  const [lon, lat, said, places] = ["lon", "lat", "said", "places"].map((name) => box.querySelector(`[data-${name}]`));
  const show = (words) => {
    const there = lon.value !== "" && lat.value !== "";
    pin.toggleAttribute("hidden", !there);
    if (there) pin.setAttribute("transform", `translate(${(lon.value - west_) * fx} ${(north_ - lat.value) * fy})`);
    said.textContent = there ? `已选：${words || "地图上的一点"}（东经 ${(+lon.value).toFixed(5)}，北纬 ${(+lat.value).toFixed(5)}）` : words || "还没有选位置。";
  };
  const choose = (east, up, words) => {
    [lon.value, lat.value] = [(+east).toFixed(6), (+up).toFixed(6)];
    show(words);
    lon.dispatchEvent(new Event("change", { bubbles: true }));
  };
  svg.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    choose(west_ + at.x / fx, north_ - at.y / fy);
  });
  places.addEventListener("change", () => {
    if (!places.value) return;
    const [east, up] = places.value.split(",");
    choose(east, up, places.selectedOptions[0].dataset.name);
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    lon.value = lat.value = places.value = "";
    show();
  });
  box.querySelector("[data-here]").addEventListener("click", () => {
    if (!navigator.geolocation) return show("这台设备不能定位，请在地图上点，或从名单里选。");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => choose(coords.longitude, coords.latitude, "手机的位置"),
      () => show("没有得到位置，请在地图上点，或从名单里选。"),
      { timeout: 8000 },
    );
  });
  show();
};
document.querySelectorAll("[data-picker]").forEach(start);
