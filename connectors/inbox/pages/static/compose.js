// The reply box: drafts that survive a reload, canned replies, files, typing, the preview of a template.
const TYPING_EVERY = 15000;

export function compose(desk) {
  const base = document.body.dataset.base;
  let typed = 0;
  const find = (id) => document.getElementById(id);
  const form = () => find("write");
  const draft = () => `draft:${base}:${form().dataset.conversation}`;
  if (!form()) return;

  const kept = sessionStorage.getItem(draft());
  if (kept && !find("text").value) find("text").value = kept;

  document.addEventListener("input", (event) => {
    if (event.target.id === "text") written(event.target);
    if (event.target.matches("[data-slot]")) preview();
  });

  function written(text) {
    text.value ? sessionStorage.setItem(draft(), text.value) : sessionStorage.removeItem(draft());
    suggest(text);
    if (note() || !text.value || text.value.startsWith("/") || Date.now() - typed < TYPING_EVERY) return;
    typed = Date.now();
    fetch(`${base}/c/${form().dataset.conversation}/typing`, { method: "POST", headers: { "x-live": "1" } }).catch(() => {});
  }

  const note = () => find("mode-note").checked;

  document.addEventListener("change", (event) => {
    if (event.target.name === "mode") find("text").placeholder = note() ? find("text").dataset.note : find("text").dataset.reply;
    if (event.target.id === "file") files(event.target);
  });

  function files(input) {
    const list = find("files");
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      if (file.type.startsWith("image/") && file.type !== "image/svg+xml") {
        const image = document.createElement("img");
        image.alt = "";
        image.src = URL.createObjectURL(file);
        item.append(image);
      }
      item.append(file.name);
      return item;
    }));
  }

  document.addEventListener("paste", (event) => {
    if (event.target.id !== "text" || !event.clipboardData.files.length) return;
    event.preventDefault();
    find("file").files = event.clipboardData.files;
    files(find("file"));
  });

  // Canned replies: "/" at the beginning opens them, letters narrow them, the arrows choose.
  function suggest(text) {
    const list = find("canned"), begun = /^\/(\S*)$/.exec(text.value);
    let any = false;
    for (const item of list.children) {
      item.hidden = !begun || !item.dataset.short.toLowerCase().startsWith(begun[1].toLowerCase());
      any ||= !item.hidden;
    }
    show(text, list, any);
    if (any) choose(text, [...list.children].find((item) => !item.hidden));
  }

  function show(text, list, open) {
    list.hidden = !open;
    if (!open) text.removeAttribute("aria-activedescendant");
  }

  function choose(text, item) {
    for (const one of find("canned").children) one.setAttribute("aria-selected", String(one === item));
    text.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function take(item) {
    const text = find("text");
    text.value = item.dataset.body;
    show(text, find("canned"), false);
    text.focus();
    written(text);
  }

  document.addEventListener("mousedown", (event) => {
    const item = event.target.closest("#canned li");
    if (item) { event.preventDefault(); take(item); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "text" || event.isComposing) return;
    const list = find("canned");
    if (!list.hidden) {
      const items = [...list.children].filter((item) => !item.hidden);
      const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); choose(event.target, items[(at + step + items.length) % items.length]); return; }
      if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(items[at]); return; }
      if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); show(event.target, list, false); return; }
    }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); form().requestSubmit(find("send")); }
  });

  document.addEventListener("sent", (event) => {
    if (event.target.id !== "write") return;
    const text = find("text"), sent = event.detail.get("text");
    text.value = text.value === sent ? "" : text.value.startsWith(sent) ? text.value.slice(sent.length) : text.value;
    text.value ? sessionStorage.setItem(draft(), text.value) : sessionStorage.removeItem(draft());
    for (const one of form().querySelectorAll(".choices input")) one.value = "";
    for (const one of form().querySelectorAll("details[open]")) one.removeAttribute("open");
    find("file").value = "";
    find("files").replaceChildren();
    form().querySelector(".answering")?.remove();
    const url = new URL(location.href);
    for (const name of ["reply", "canned"]) url.searchParams.delete(name);
    history.replaceState(null, "", url);
    typed = 0;
    desk.bottom();
    text.focus();
  });

  function preview() {
    const box = find("preview");
    box.textContent = box.dataset.body.replace(/\{\{([\w.]+)\}\}/g, (whole, key) =>
      document.querySelector(`[data-slot="${CSS.escape(key)}"]`)?.value || whole);
  }
}
