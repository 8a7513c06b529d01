// One phone: what is done here is told to the sandbox.

import { $, app, ask, toast } from "./common.js";
import { days, endAfterImages, listen, markRead, toEnd } from "./listening.js";
import * as chats from "./chats.js";
import * as whatsapp from "./whatsapp.js";

const speech = app?.dataset.channel === "whatsapp" ? whatsapp : chats;

if (app) {
  const customer = app.dataset.customer;
  listen(customer ? `/phones/${customer}/events` : "/events", customer);
  newCustomer();
  if (customer) phone(customer);
}

function newCustomer() {
  $("#new-customer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = Object.fromEntries(new FormData(event.target));
    const made = await ask("POST", "/sandbox/customers", data);
    if (made) location.assign(`/phones/${made.id}`);
  });
}

function phone(customer) {
  const own = `/sandbox/customers/${customer}`;
  const state = { reply: "", edit: "", files: [], kind: "", voice: "" };
  $("#presence").dataset.is = $("#c-online").checked ? "online" : "offline";
  days();
  toEnd();
  endAfterImages($("#chat"));
  markRead(customer);
  document.addEventListener("visibilitychange", () => markRead(customer));
  composer(own, state);
  attachments(own, state);
  bubbles(own, state);
  controls(own);
  chats.outside(own);
}

function composer(own, state) {
  const text = $("#text");
  const send = async () => {
    const body = text.value.trim();
    if (!body && !state.files.length) return;
    const { reply, edit } = state;
    const done = state.files.length ? await sendFiles(own, state, body) : await ask("POST", `${own}/messages`, speech.written(body, reply, edit));
    if (!done) return;
    text.value = "";
    grow(text);
    quote(state, "", "");
    attach(state, []);
    text.focus();
  };
  $("#composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") quote(state, "", "");
  });
  text.addEventListener("input", () => grow(text));
  $("#beside").addEventListener("click", (event) => {
    const { prompt, choice } = event.target.closest("button")?.dataset ?? {};
    if (prompt) speech.prompt(own, prompt);
    if (choice) ask("POST", `${own}/choices`, { choice });
    if (prompt || choice) closeAll();
  });
  for (const button of document.querySelectorAll("[data-emoji]")) {
    button.addEventListener("click", () => {
      text.setRangeText(button.dataset.emoji, text.selectionStart, text.selectionEnd, "end");
      closeAll();
      text.focus();
    });
  }
}

function grow(text) {
  text.rows = Math.min(6, Math.max(1, text.value.split("\n").length, Math.ceil(text.value.length / 44)));
}

function sendFiles(own, state, caption) {
  const form = new FormData();
  for (const file of state.files) form.append("file", file);
  if (state.kind) form.append("kind", state.kind);
  if (state.voice) form.append("voice", state.voice);
  if (caption) form.append("caption", caption);
  if (state.reply) form.append("context", state.reply);
  return ask("POST", `${own}/files`, form);
}

function quote(state, id, text, edit = "") {
  Object.assign(state, { reply: id, edit });
  chip("#quoting", text, Boolean(id || edit));
}

function attach(state, files, kind = "", voice = "") {
  Object.assign(state, { files, kind, voice });
  chip("#attached", files.map((file) => file.name).join(", "), files.length > 0);
  if (!files.length) $("#file").value = "";
}

function chip(selector, text, shown) {
  const place = $(selector);
  place.hidden = !shown;
  $("span", place).textContent = text;
  if (shown) toEnd();
}

function attachments(own, state) {
  const input = $("#file");
  let picked = {};
  for (const button of document.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => {
      picked = button.dataset;
      input.accept = picked.accept;
      closeAll();
      input.click();
    });
  }
  input.addEventListener("change", () => {
    if (input.files.length) attach(state, [...input.files], picked.pick, picked.voice);
    $("#text").focus();
  });
  $("#quoting button").addEventListener("click", () => quote(state, "", ""));
  $("#attached button").addEventListener("click", () => attach(state, []));
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      closeAll();
      document.getElementById(button.dataset.open).showModal();
    });
  }
  for (const form of document.querySelectorAll("form[data-send]")) {
    form.addEventListener("submit", () => {
      const data = Object.fromEntries(new FormData(form));
      ask("POST", `${own}/messages`, speech.form(form.dataset.send, data));
    });
  }
}

function bubbles(own, state) {
  const acts = {
    choose: (message, value) => ask("POST", `${own}/choices`, { message, choice: value }),
    react: (message, value, bubble) => {
      const same = $(".marks", bubble)?.textContent.includes(value);
      ask("POST", `${own}/messages`, speech.reaction(message, same ? "" : value));
    },
    delete: (message) => ask("POST", `${own}/deleted`, { message }),
    reply: (message, _value, bubble) => {
      quote(state, message, ($(".text", bubble) ?? $(".file b", bubble) ?? $(".where b", bubble))?.textContent.trim() || "…");
      $("#text").focus();
    },
    edit: (message, _value, bubble) => {
      quote(state, "", $(".text", bubble).textContent, message);
      $("#text").value = $(".text", bubble).textContent;
      $("#text").focus();
    },
    logout: () => ask("DELETE", `${own}/login`),
    rows: (_message, _value, bubble) => $("dialog", bubble).showModal(),
    location: () => $("#location-dialog").showModal(),
    number: () => $("#contact-dialog").showModal(),
    copy: async (_message, value) => {
      await navigator.clipboard?.writeText(value);
      toast(app.dataset.copied);
    },
  };
  $("#chat").addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const bubble = button.closest(".bubble");
    button.closest("dialog")?.close();
    closeAll();
    acts[button.dataset.act](bubble.dataset.id, button.dataset.value, bubble);
  });
  $("#chat").addEventListener(
    "play",
    (event) => {
      if (event.target.closest(".voice")) ask("POST", `${own}/played`, { message: event.target.closest(".bubble").dataset.id });
    },
    true,
  );
}

function controls(own) {
  const panel = $("#controls");
  panel.addEventListener("change", (event) => {
    const { set, on, off } = event.target.dataset;
    const checked = event.target.checked;
    if (set) ask("PATCH", own, { [set]: on ? (checked ? on : off) : checked });
  });
  panel.addEventListener("click", (event) => {
    const window_ = event.target.dataset.window;
    if (window_) ask("PATCH", own, { window: window_ });
  });
  $("#renumber")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await ask("POST", `${own}/number`, Object.fromEntries(new FormData(event.target)));
    if (done) event.target.reset();
  });
  const gear = $("#gear");
  gear.addEventListener("click", () => {
    const open = panel.classList.toggle("shown");
    gear.setAttribute("aria-expanded", String(open));
    if (open) $("input", panel).focus();
  });
}

// Menus and dialogs close by Escape, by a click beside them, and by their own buttons.

function closeAll(except) {
  for (const menu of document.querySelectorAll("details.menu[open], details.pop[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeAll(event.target.closest("details.menu, details.pop"));
  if (event.target.closest("[data-close]") || event.target.matches("dialog")) event.target.closest("dialog").close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = $("details.menu[open] summary, details.pop[open] summary");
  if (open) {
    closeAll();
    open.focus();
  }
});
