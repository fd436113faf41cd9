// Photos and files of an act: several at once or one after another, the camera of a phone, large photos made smaller here.
// What a photo says about itself (time, place) goes along unchanged; the server keeps of it what was ticked.

const LONGEST = 2560;
const ENOUGH = 1_500_000; // bytes under which a photo is sent as it is

const upright = (tiff) => {
  const little = tiff.getUint16(0) === 0x4949;
  const first = tiff.getUint32(4, little);
  for (let n = tiff.getUint16(first, little), at = first + 2; n > 0; n -= 1, at += 12)
    if (tiff.getUint16(at, little) === 0x0112) tiff.setUint16(at + 8, 1, little);
};

// The Exif segment of a JPEG, its orientation set to upright because the picture is drawn upright; null without one.
const exifOf = async (file) => {
  const view = new DataView(await file.slice(0, 262_144).arrayBuffer());
  try {
    if (view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; view.getUint16(at) >>> 8 === 0xff && view.getUint16(at) !== 0xffda; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) !== 0xffe1 || view.getUint32(at + 4) !== 0x45786966) continue;
      const segment = view.buffer.slice(at, at + 2 + view.getUint16(at + 2));
      upright(new DataView(segment, 10));
      return segment;
    }
  } catch {
    // a file that ends in the middle has nothing to say
  }
  return null;
};

const shrunk = async (file) => {
  if (!/^image\/(jpeg|png|heic|heif)$/.test(file.type) || file.size < ENOUGH) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // this browser cannot draw it; the server can
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
  if (!blob || blob.size >= file.size) return file;
  const exif = await exifOf(file);
  const parts = exif ? [blob.slice(0, 2), exif, blob.slice(2)] : [blob];
  return new File(parts, `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg", lastModified: file.lastModified });
};

const preview = async (file, item) => {
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: 72, imageOrientation: "from-image" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    canvas.setAttribute("aria-hidden", "true");
    item.prepend(canvas);
  } catch {
    // no picture, or one that this browser cannot draw: its name says enough
  }
};

const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(bytes < 1_000_000 ? 2 : 1)} MB`;

const start = (box) => {
  const input = box.querySelector("input[type=file][name]");
  const camera = box.querySelector("[data-camera]");
  const list = box.querySelector("[data-chosen]");
  const said = box.querySelector("[data-said]");
  let chosen = [];
  let working = 0;
  camera.hidden = !matchMedia("(pointer: coarse)").matches;

  const sync = () => {
    const carried = new DataTransfer();
    for (const one of chosen) carried.items.add(one);
    input.files = carried.files;
    const count = chosen.length + list.querySelectorAll("input").length;
    said.textContent = working ? "正在缩小照片…" : count > +box.dataset.most ? `已选 ${count} 个，最多 ${box.dataset.most} 个` : "";
  };
  const show = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = `${file.name}（${megabytes(file.size)}）`;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn plain small";
    drop.textContent = "×";
    drop.setAttribute("aria-label", `去掉 ${file.name}`);
    drop.addEventListener("click", () => {
      chosen = chosen.filter((one) => one !== file);
      item.remove();
      sync();
    });
    item.append(name, drop);
    list.append(item);
    preview(file, item);
  };
  const take = async (files) => {
    working += 1;
    sync();
    for (const file of files) {
      const ready = await shrunk(file);
      chosen.push(ready);
      show(ready);
    }
    working -= 1;
    sync();
    if (!working) box.dispatchEvent(new CustomEvent("enclosures:ready"));
  };
  input.addEventListener("change", () => take([...input.files]));
  camera.querySelector("input").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop]");
    if (button) button.closest("li").remove();
    if (button) sync();
  });
  input.form?.addEventListener("submit", (event) => {
    if (!working) return;
    event.preventDefault();
    box.addEventListener("enclosures:ready", () => input.form.requestSubmit(event.submitter), { once: true });
  });
};
document.querySelectorAll("[data-enclosures]").forEach(start);
