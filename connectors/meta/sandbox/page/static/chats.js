// What a phone says on Messenger and Instagram, and what a person does there outside the chat.

import { $, ask } from "./common.js";

export function written(text, reply, edit) {
  if (edit) return { text, edit };
  return reply ? { text, reply_to: reply } : { text };
}

export function reaction(to, emoji) {
  return { reaction: emoji, to };
}

export function prompt(own, choice) {
  return ask("POST", `${own}/choices`, { choice });
}

export function outside(own) {
  const place = $("#outside");
  place.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const { name, value } = event.submitter ?? {};
    const body = { ...Object.fromEntries(new FormData(form)), ...(name ? { [name]: value } : {}) };
    if (await ask("POST", `${own}/${form.dataset.form}`, body)) {
      for (const input of form.querySelectorAll("input:not(#o-ref)")) input.value = "";
      for (const input of document.querySelectorAll(`#outside form[data-form="${form.dataset.form}"] input:not(#o-ref)`)) input.value = "";
    }
  });
  place.addEventListener("click", (event) => {
    const { visit, share, uncomment, thread, story } = event.target.closest("button")?.dataset ?? {};
    // The button of an ad opens the chat, with the keyboard up.
    if (visit) ask("POST", `${own}/visits`, { way: visit }).then(() => $("#text").focus());
    if (share !== undefined) ask("POST", `${own}/shares`);
    if (uncomment) ask("PATCH", `${own}/comments`, { comment: uncomment });
    if (thread) ask("POST", `${own}/thread`, { action: thread });
    if (story !== undefined) $("#story-file").click();
  });
  $("#story-file")?.addEventListener("change", async (event) => {
    const form = new FormData();
    form.append("file", event.target.files[0]);
    form.append("kind", "story_mention");
    await ask("POST", `${own}/files`, form);
    event.target.value = "";
  });
  for (const button of document.querySelectorAll("[data-sticker]")) {
    button.addEventListener("click", () => ask("POST", `${own}/messages`, { sticker: button.dataset.sticker }));
  }
}
