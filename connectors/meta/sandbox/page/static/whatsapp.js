// What a phone says in WhatsApp's own form.

import { ask } from "./common.js";

export function written(body, reply) {
  const message = { type: "text", text: { body } };
  return reply ? { ...message, context: { message_id: reply } } : message;
}

export function reaction(to, emoji) {
  return { type: "reaction", reaction: { message_id: to, emoji } };
}

export function prompt(own, text) {
  return ask("POST", `${own}/messages`, { type: "text", text: { body: text } });
}

export function form(kind, data) {
  return kind === "location" ? place(data) : card(data.name, data.phone);
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
