// Keys for whoever does not want a mouse; none of them works while something is being written.
export function keys(shut) {
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      shut();
      if (writing) return writing.blur();
    }
    if (writing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const actions = {
      j: () => move(1), k: () => move(-1), ArrowDown: () => near(1), ArrowUp: () => near(-1),
      r: () => write(false), m: () => write(true), "/": () => document.querySelector(".search input").focus(),
      "?": () => document.getElementById("keys").showModal(),
    };
    const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const action = actions[event.key] || (own && (() => own.click()));
    if (!action || action() === false) return;
    event.preventDefault();
  });

  const lines = () => [...document.querySelectorAll("#lines .line")];

  // Open the next conversation.
  function move(step) {
    const all = lines(), at = all.findIndex((line) => line.hasAttribute("aria-current"));
    all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]?.click();
  }

  // Within the list the arrows only move the focus.
  function near(step) {
    const all = lines(), at = all.indexOf(document.activeElement);
    if (at < 0) return false;
    all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
  }

  function write(note) {
    const text = document.getElementById("text");
    if (!text) return false;
    const radio = document.querySelector(`[name=mode][value=${note ? "note" : "reply"}]`);
    if (radio.disabled) return false;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    text.focus();
  }
}
