// One phone: what happens there is shown at once, and what is done here is told to the sandbox.

const app = document.querySelector(".app");
if (app) {
  const customer = app.dataset.customer;
  listen(customer ? `/phones/${customer}/events` : "/events", customer);
  newCustomer();
  if (customer) phone(customer);
}

function $(selector, root = document) {
  return root.querySelector(selector);
}

function toast(text) {
  const place = $("#toast");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (place.hidden = true), 5000);
}

async function ask(method, path, body) {
  const form = body instanceof FormData;
  const options = { method, body: form ? body : JSON.stringify(body ?? {}) };
  if (!form) options.headers = { "content-type": "application/json" };
  try {
    const answer = await fetch(path, options);
    const content = await answer.json();
    if (answer.ok) return content;
    toast(content.error ?? app.dataset.failed);
  } catch {
    toast(app.dataset.failed);
  }
  return null;
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// What happens

function listen(url, customer) {
  const source = new EventSource(url);
  let lost = false;
  source.onerror = () => (lost = true);
  source.onopen = async () => {
    if (!lost) return;
    lost = false;
    if (!customer) return location.reload();
    const answer = await fetch(`/phones/${customer}/chat`);
    if (answer.ok) {
      $("#chat").replaceChildren(fragment(await answer.text()));
      toEnd();
      markRead(customer);
    }
  };
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    ({ health: onHealth, person: onPerson, message: onMessage, typing: onTyping })[news.kind]?.(news, customer);
  };
  addEventListener("pagehide", () => source.close());
}

function onHealth(news) {
  $("#health").innerHTML = news.html;
}

function onPerson(news) {
  const fresh = fragment(news.html);
  const old = document.getElementById(`p-${news.id}`);
  const focused = old?.contains(document.activeElement);
  if (old) old.replaceWith(fresh);
  else $("#people").append(fresh);
  if (focused) $(`#p-${CSS.escape(news.id)} a`)?.focus();
  if (!news.controls) return;
  const active = document.activeElement?.id;
  $("#state").innerHTML = news.controls;
  if (active) document.getElementById(active)?.focus();
  days();
  presence(news.online);
}

function days() {
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const time of document.querySelectorAll("time.day")) time.textContent = day.format(new Date(time.dateTime));
}

function onMessage(news, customer) {
  const chat = $("#chat");
  const near = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 120;
  const fresh = fragment(news.html);
  const old = document.getElementById(`m-${news.seq}`);
  if (old) {
    old.replaceWith(fresh);
  } else {
    const after = [...chat.children].find((one) => Number(one.dataset.seq) > news.seq);
    chat.insertBefore(fresh, after ?? null);
    document.getElementById(`m-${news.seq}`)?.classList.add("fresh");
    if (!news.mine) onTyping({ seconds: 0 });
    if (near || news.mine) {
      toEnd();
      endAfterImages(document.getElementById(`m-${news.seq}`));
    }
  }
  if (!news.mine) markRead(customer);
}

function presence(online) {
  const place = $("#presence");
  place.dataset.is = online ? "online" : "offline";
  if (!place.classList.contains("typing")) place.textContent = place.dataset[place.dataset.is];
}

function onTyping(news) {
  const place = $("#presence");
  clearTimeout(onTyping.timer);
  const typing = news.seconds > 0;
  place.classList.toggle("typing", typing);
  $("#chat").classList.toggle("typing", typing);
  place.textContent = typing ? place.dataset.typing : place.dataset[place.dataset.is ?? "online"];
  if (typing) {
    onTyping.timer = setTimeout(() => onTyping({ seconds: 0 }), news.seconds * 1000);
    toEnd();
  }
}

function toEnd() {
  const chat = $("#chat");
  chat.scrollTop = chat.scrollHeight;
}

function endAfterImages(root) {
  for (const image of root.querySelectorAll("img")) image.addEventListener("load", toEnd, { once: true });
}

function markRead(customer) {
  if (document.visibilityState === "visible") ask("POST", `/sandbox/customers/${customer}/read`);
}

// What is done

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
  const state = { reply: "", file: null, kind: "", voice: "" };
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
}

function composer(own, state) {
  const text = $("#text");
  const send = async () => {
    const body = text.value.trim();
    if (!body && !state.file) return;
    const reply = state.reply;
    const done = state.file ? await sendFile(own, state, body) : await ask("POST", `${own}/messages`, written(body, reply));
    if (!done) return;
    text.value = "";
    grow(text);
    quote(state, "", "");
    attach(state, null);
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
  $(".prompts")?.addEventListener("click", (event) => {
    const prompt = event.target.dataset.prompt;
    if (prompt) ask("POST", `${own}/messages`, { type: "text", text: { body: prompt } });
    event.currentTarget.hidden = true;
  });
  for (const button of document.querySelectorAll("[data-emoji]")) {
    button.addEventListener("click", () => {
      text.setRangeText(button.dataset.emoji, text.selectionStart, text.selectionEnd, "end");
      closeAll();
      text.focus();
    });
  }
}

function written(body, reply) {
  const message = { type: "text", text: { body } };
  return reply ? { ...message, context: { message_id: reply } } : message;
}

function grow(text) {
  text.rows = Math.min(6, Math.max(1, text.value.split("\n").length, Math.ceil(text.value.length / 44)));
}

function sendFile(own, state, caption) {
  const form = new FormData();
  form.append("file", state.file);
  if (state.kind) form.append("kind", state.kind);
  if (state.voice) form.append("voice", state.voice);
  if (caption) form.append("caption", caption);
  if (state.reply) form.append("context", state.reply);
  return ask("POST", `${own}/files`, form);
}

function quote(state, id, text) {
  state.reply = id;
  chip("#quoting", text, Boolean(id));
}

function attach(state, file, kind = "", voice = "") {
  Object.assign(state, { file, kind, voice });
  chip("#attached", file?.name ?? "", Boolean(file));
  $("#file").value = "";
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
    const file = input.files[0];
    if (file) attach(state, file, picked.pick, picked.voice);
    $("#text").focus();
  });
  $("#quoting button").addEventListener("click", () => quote(state, "", ""));
  $("#attached button").addEventListener("click", () => attach(state, null));
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      closeAll();
      document.getElementById(button.dataset.open).showModal();
    });
  }
  for (const form of document.querySelectorAll("form[data-send]")) {
    form.addEventListener("submit", () => {
      const data = Object.fromEntries(new FormData(form));
      ask("POST", `${own}/messages`, form.dataset.send === "location" ? place(data) : card(data.name, data.phone));
    });
  }
}

function place(data) {
  const location = { latitude: Number(data.latitude), longitude: Number(data.longitude) };
  if (data.name) location.name = data.name;
  return { type: "location", location };
}

function card(name, phone) {
  const [first_name] = name.split(" ");
  return { type: "contacts", contacts: [{ name: { formatted_name: name, first_name }, phones: [{ phone, type: "CELL" }] }] };
}

function bubbles(own, state) {
  const acts = {
    choose: (message, value) => ask("POST", `${own}/choices`, { message, choice: value }),
    react: (message, value, bubble) => {
      const same = $(".marks", bubble)?.textContent.includes(value);
      ask("POST", `${own}/messages`, { type: "reaction", reaction: { message_id: message, emoji: same ? "" : value } });
    },
    delete: (message) => ask("POST", `${own}/deleted`, { message }),
    reply: (message, _value, bubble) => {
      quote(state, message, ($(".text", bubble) ?? $(".file b", bubble) ?? $(".where b", bubble))?.textContent.trim() || "…");
      $("#text").focus();
    },
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
    const name = event.target.dataset.set;
    if (name) ask("PATCH", own, { [name]: event.target.checked });
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
