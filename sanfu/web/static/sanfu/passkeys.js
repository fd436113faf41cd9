// Passkeys: a form that carries options asks the browser's authenticator and is then sent with its answer.
// Without script, or where the browser knows none, the form stays hidden and the code beside it is the way.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const written = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const WORDS = {
  NotAllowedError: "没有完成验证（已取消、超时，或这台设备上没有您的通行密钥）。可以再试一次，或改用动态码、备用码。",
  InvalidStateError: "这台设备或这把钥匙已经添加过了。",
  SecurityError: "这个网址不能使用通行密钥，请从平台的正式网址打开。",
};

const readable = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const one of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) one.id = bytes(one.id);
  return options;
};

const asked = async (form) => {
  const publicKey = readable(JSON.parse(form.dataset.passkey).publicKey);
  const made = publicKey.user
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  const response = {};
  for (const part of PARTS) if (made.response[part]) response[part] = written(made.response[part]);
  return JSON.stringify({ id: made.id, rawId: written(made.rawId), type: made.type, response });
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-passkey] button");
  const form = button?.form;
  if (!form || !form.reportValidity()) return;
  event.preventDefault();
  const said = form.querySelector("[data-said]");
  button.disabled = true;
  said.textContent = "请按设备的提示操作……";
  try {
    form.elements.passkey.value = await asked(form);
    form.submit();
  } catch (wrong) {
    said.textContent = WORDS[wrong.name] ?? "通行密钥没有答复，请再试一次，或改用动态码、备用码。";
    button.disabled = false;
  }
});

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) form.hidden = false;
  for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = true;
}
