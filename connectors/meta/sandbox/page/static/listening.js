// What happens elsewhere is shown at once: messages, typing, customers, and how the gateway does.

import { $, app, ask, fragment } from "./common.js";

export function listen(url, customer) {
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
  else $(`#people-${news.channel}`).append(fresh);
  if (focused) $(`#p-${CSS.escape(news.id)} a`)?.focus();
  if (!news.controls) return;
  const typed = Object.fromEntries([...document.querySelectorAll("#outside input")].map((one) => [one.id, one.value]));
  const stand = standing();
  $("#state").innerHTML = news.controls;
  $("#outside").innerHTML = news.outside;
  $("#beside").innerHTML = news.beside;
  for (const [id, value] of Object.entries(typed)) if (document.getElementById(id)) document.getElementById(id).value = value;
  stand();
  days();
  presence(news.online);
}

// Who goes by keys stays where they are, though what they stand on is drawn anew. Return what puts them there again.
function standing() {
  const here = document.activeElement, part = here?.closest("#state, #outside, #beside");
  const stops = () => [...document.querySelectorAll(`#${part.id} :is(a, button, input, select, summary)`)];
  const place = part ? stops().indexOf(here) : -1;
  return () => (here?.id ? document.getElementById(here.id) : part && stops()[place])?.focus();
}

export function days() {
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const time of document.querySelectorAll("time.day")) time.textContent = day.format(new Date(time.dateTime));
}

function onMessage(news, customer) {
  const chat = $("#chat");
  const near = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 120;
  const fresh = fragment(news.html);
  const old = document.getElementById(`m-${news.seq}`);
  if (old) {
    const open = old.querySelector("details.menu[open]");
    old.replaceWith(fresh);
    if (open) document.getElementById(`m-${news.seq}`).querySelector("details.menu")?.setAttribute("open", "");
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

export function toEnd() {
  const chat = $("#chat");
  chat.scrollTop = chat.scrollHeight;
}

export function endAfterImages(root) {
  for (const image of root.querySelectorAll("img")) image.addEventListener("load", toEnd, { once: true });
}

export function markRead(customer) {
  if (document.visibilityState === "visible") ask("POST", `/sandbox/customers/${customer}/read`);
}
