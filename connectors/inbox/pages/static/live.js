// News: one stream says which conversations have changed; then what this page shows is asked for again and compared.
const PAUSE = 15;

export function listen() {
  const said = document.getElementById("said");
  const words = { lost: said.dataset.lost, failed: said.dataset.failed, news: said.dataset.new };
  const thread = document.getElementById("thread");
  const own = Number(thread?.dataset.id || 0);
  let running = null, again = false;

  function say(text) {
    const toast = document.getElementById("toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { toast.hidden = true; }, 7000);
  }

  // One request at a time; what changes meanwhile is asked for afterwards.
  function refresh(force = "") {
    if (running) { again = true; return running; }
    running = (async () => {
      do { again = false; await look(force); } while (again);
    })().finally(() => { running = null; });
    return running;
  }

  async function look(force) {
    const url = new URL(location.href);
    url.searchParams.delete("before_message");
    if (force === "composer") { url.searchParams.delete("template"); history.replaceState(null, "", url); }
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    if (answer.redirected && answer.url.includes("/login")) return location.reload();
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["lines"]) match(document.getElementById(id), page.getElementById(id));
    for (const tabs of [".tabs"]) swap(document.querySelector(tabs), page.querySelector(tabs));
    if (own && page.getElementById("log")) showThread(page, force);
    countdown();
  }

  function showThread(page, force) {
    const stays = low;
    const before = document.querySelectorAll("#log .message.in").length;
    match(document.getElementById("log"), page.getElementById("log"), true);
    const old = document.getElementById("composer"), now = page.getElementById("composer");
    const text = document.getElementById("text");
    if (force === "composer" || (old.dataset.mode !== now.dataset.mode && !text.value)) old.replaceWith(document.adoptNode(now));
    for (const id of ["who", "actions", "verdict", "typing", "face", "identities", "questions", "ties", "fields", "naming", "others"]) swap(document.getElementById(id), page.getElementById(id));
    document.title = page.title;
    thread.dataset.unread = page.getElementById("thread").dataset.unread;
    if (document.querySelectorAll("#log .message.in").length > before) said.textContent = `${words.news} ${new Date().toLocaleTimeString()}`;
    if (stays) bottom();
    typing();
    read();
  }

  // Make a list like another one, item by item: what has not changed stays, with its focus and its players.
  function match(old, now, keep = false) {
    if (!old || !now) return;
    const wanted = [...now.children];
    if (!wanted.some((item) => item.id && document.getElementById(item.id))) { old.replaceChildren(...wanted); return; }
    const ids = new Set(wanted.map((item) => item.id));
    if (!keep) [...old.children].forEach((item) => ids.has(item.id) || item.remove());
    let last = null;
    for (const item of wanted) {
      let here = item.id && document.getElementById(item.id);
      if (!here) { here = document.adoptNode(item); }
      else if (!here.isEqualNode(item) && !here.contains(document.activeElement)) { const fresh = document.adoptNode(item); here.replaceWith(fresh); here = fresh; }
      else if (!here.isEqualNode(item)) { const focus = document.activeElement; const fresh = document.adoptNode(item); here.replaceWith(fresh); here = fresh; (fresh.querySelector(focus.id ? `#${focus.id}` : "a, summary, button") || fresh).focus?.({ preventScroll: true }); }
      const next = last ? last.nextSibling : (keep ? here : old.firstChild);
      if (here !== next && !(keep && here.parentNode === old)) old.insertBefore(here, last ? last.nextSibling : (keep ? null : old.firstChild));
      last = here;
    }
  }

  // Nothing is taken out of somebody's hands: neither an open menu nor a box that was written into. A button that was
  // pressed gives way to the one in its place, which has the focus then.
  function swap(old, now) {
    const focus = old?.contains(document.activeElement) ? document.activeElement : null;
    if (!old || !now || old.isEqualNode(now) || focus?.matches("input, textarea, select") || old.querySelector("[open]")) return;
    if ([...old.querySelectorAll("input, textarea")].some((one) => one.value !== one.defaultValue)) return;
    const fresh = document.adoptNode(now);
    old.replaceWith(fresh);
    if (focus) (fresh.querySelector(focus.id ? `#${CSS.escape(focus.id)}` : "button, summary, a") || document.getElementById("thread")).focus({ preventScroll: true });
  }

  // Whoever has the newest message before their eyes keeps it there, also when a picture has come and takes its room.
  const scroll = document.getElementById("scroll");
  let low = true;
  scroll?.addEventListener("scroll", () => { low = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120; });
  scroll?.addEventListener("load", () => { if (low) bottom(); }, true);

  function bottom() {
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }

  // Whoever looks at a conversation reads it.
  async function read() {
    if (!own || document.visibilityState !== "visible" || !document.hasFocus() || !Number(thread.dataset.unread)) return;
    thread.dataset.unread = "0";
    await fetch(`${document.body.dataset.base}/c/${own}/read`, { method: "POST", headers: { "x-live": "1" } }).catch(() => {});
  }

  function typing() {
    const line = document.getElementById("typing");
    if (line) line.hidden = Date.now() / 1000 - Number(line.dataset.at) > 25;
  }

  function countdown() {
    for (const one of document.querySelectorAll("[data-deadline]")) {
      const minutes = Math.floor((Number(one.dataset.deadline) - Date.now() / 1000) / 60);
      one.classList.toggle("soon", minutes < 60);
    }
  }

  let timer = null;
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), PAUSE);
  }

  const stream = new EventSource(`${document.body.dataset.base}/live`);
  stream.addEventListener("ready", soon);
  stream.addEventListener("change", soon);
  stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000); };
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("focus", read);
  document.addEventListener("visibilitychange", read);
  setInterval(() => { typing(); countdown(); }, 5000);
  setInterval(() => soon(), 60000);

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-older], [data-more]");
    if (!link) return;
    event.preventDefault();
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const older = link.matches("[data-older]");
    const from = page.getElementById(older ? "log" : "lines"), to = document.getElementById(older ? "log" : "lines");
    const height = scroll?.scrollHeight;
    const fresh = [...from.children].filter((item) => !document.getElementById(item.id));
    older ? to.prepend(...fresh) : to.append(...fresh);
    if (older) scroll.scrollTop += scroll.scrollHeight - height;
    const next = page.querySelector(older ? "[data-older]" : "[data-more]");
    next ? link.replaceWith(next) : link.remove();
  });

  bottom(); countdown(); typing(); read();
  return { refresh, say, words, bottom };
}
