// What every page of the sandbox needs: finding, asking, saying what went wrong.

export const app = document.querySelector(".app");

export function $(selector, root = document) {
  return root.querySelector(selector);
}

export function toast(text) {
  const place = $("#toast");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (place.hidden = true), 5000);
}

export async function ask(method, path, body) {
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

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
