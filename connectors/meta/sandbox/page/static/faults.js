// The fault menu: an order is a call, and what holds and what was injected comes back as it happens.

const $ = (selector) => document.querySelector(selector);

function toast(text) {
  const place = $("#toast");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (place.hidden = true), 5000);
}

async function ask(method, path, body) {
  try {
    const answer = await fetch(path, { method, body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } });
    const content = await answer.json();
    if (!answer.ok) toast(content.error);
  } catch {
    toast($(".menu-page").dataset.failed);
  }
}

async function show() {
  const answer = await fetch("/faults/state");
  if (!answer.ok) return;
  const active = document.activeElement?.id;
  $("#state").innerHTML = await answer.text();
  if (active) document.getElementById(active)?.focus();
}

let soon = 0;
function later() {
  clearTimeout(soon);
  soon = setTimeout(show, 150);
}

const source = new EventSource("/events");
source.onmessage = later;
addEventListener("pagehide", () => source.close());

const whom = () => $("#customer").value;

$("#state").addEventListener("change", async (event) => {
  const fault = event.target.dataset.rate;
  if (!fault) return;
  const state = await (await fetch("/sandbox/faults")).json();
  for (const rule of state.rules) {
    if (rule.fault === fault && rule.rate !== null && rule.customer === whom() && !rule.call) await ask("DELETE", `/sandbox/faults/${rule.id}`);
  }
  const rate = Number(event.target.value);
  if (rate) await ask("POST", "/sandbox/faults", { fault, rate, customer: whom() });
  later();
});

$("#state").addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.next) await ask("POST", "/sandbox/faults", { fault: button.dataset.next, next: 1, customer: whom() });
  if (button.dataset.end) await ask("DELETE", `/sandbox/faults/${button.dataset.end}`);
  later();
});

$("#seed").addEventListener("change", (event) => ask("PATCH", "/sandbox/faults", { seed: Number(event.target.value) }));
$("#whom").addEventListener("submit", (event) => event.preventDefault());
$("#reset").addEventListener("click", async () => {
  await ask("DELETE", "/sandbox/faults");
  later();
});
