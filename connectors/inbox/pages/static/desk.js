// The desk with a script: forms without a new page, news as they come, keys. Without it everything works by plain forms.
import { compose } from "./compose.js";
import { keys } from "./keys.js";
import { listen } from "./live.js";

document.documentElement.classList.add("js");

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
if (!document.cookie.split("; ").includes(`zone=${encodeURIComponent(zone)}`)) {
  document.cookie = `zone=${encodeURIComponent(zone)}; path=${document.body.dataset.base}; max-age=31536000; samesite=lax`;
  // The page was made for another clock: once, it is asked for again.
  if (document.cookie && zone !== "UTC") location.reload();
}

const desk = listen();

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-live]")) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  // The text as it is sent: what is written while it is on its way belongs to the next message.
  const body = new FormData(form, event.submitter);
  const plain = form.enctype !== "multipart/form-data";
  try {
    const answer = await fetch(form.action, {
      method: "POST", headers: { "x-live": "1" }, body: plain ? new URLSearchParams(body) : body,
    });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return desk.say((await answer.text()).slice(0, 300) || desk.words.failed);
    form.closest("details")?.removeAttribute("open");
    form.dispatchEvent(new CustomEvent("sent", { bubbles: true, detail: body }));
    await desk.refresh(form.matches(".slots") ? "composer" : "");
  } catch {
    desk.say(desk.words.lost);
  } finally {
    delete form.dataset.busy;
  }
});

// One menu at a time, and none after a click elsewhere or Escape.
const shut = (except) => document.querySelectorAll("details.menu[open]").forEach((one) => one !== except && one.removeAttribute("open"));
document.addEventListener("click", (event) => {
  shut(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-open]");
  if (opener) document.querySelector(opener.dataset.open).showModal();
});

compose(desk);
keys(shut);
