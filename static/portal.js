// What plain forms cannot do: start a look-up on paste, press Send by keyboard, keep the place after a swap.
"use strict";

const link = /^https?:\/\/\S+\/\d+/;
for (const field of document.querySelectorAll("input[name=ticket]")) {
  if (!field.form.matches("[data-ticket-form], #header-ticket")) continue;
  field.addEventListener("paste", (event) => {
    const pasted = (event.clipboardData || {getData: () => ""}).getData("text").trim();
    if (!link.test(pasted) && !/^#?\d{3,15}$/.test(pasted)) return;
    event.preventDefault();
    field.value = pasted;
    field.form.requestSubmit();
  });
}
const form = document.querySelector("[data-ticket-form]");
if (form) {
  // The page of the draft looks up by itself; without a script the form's answer has to wait for it.
  const mark = document.createElement("input");
  mark.type = "hidden"; mark.name = "scripted"; mark.value = "1";
  form.append(mark);
  if ("start" in form.dataset) form.requestSubmit();
}

// A button that was pressed is pressed once.
document.addEventListener("submit", (event) => {
  const target = event.target;
  if (!target.matches("[data-send], [data-ticket-form]")) return;
  if (target.dataset.pressed) { event.preventDefault(); return; }
  target.dataset.pressed = "1";
  target.querySelector("button")?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const send = document.querySelector("[data-send]");
  if (!send) return;
  event.preventDefault();
  flush().then(() => document.querySelector("[data-send] button:not([disabled])")?.click());
});

// Words that were typed and not yet stored are stored before Send.
function flush() {
  const words = document.getElementById("words-form");
  if (!words || !words.contains(document.activeElement)) return Promise.resolve();
  return new Promise((done) => {
    document.body.addEventListener("htmx:afterSettle", done, {once: true});
    document.activeElement.blur();
    htmx.trigger(words, "change");
    setTimeout(done, 2000);
  });
}

document.querySelector("[data-focus]")?.focus();

// A swap keeps what is open and where the focus was.
let held = null;
document.body.addEventListener("htmx:beforeSwap", () => {
  const active = document.activeElement;
  held = {
    id: active && active.id,
    start: active && active.selectionStart, end: active && active.selectionEnd,
    open: [...document.querySelectorAll("details[open][id]")].map((details) => details.id),
  };
});
document.body.addEventListener("htmx:afterSettle", () => {
  if (!held) return;
  for (const id of held.open) document.getElementById(id)?.setAttribute("open", "");
  const again = held.id && document.getElementById(held.id);
  if (again && document.activeElement !== again) {
    again.focus({preventScroll: true});
    try { if (held.start !== null) again.setSelectionRange(held.start, held.end); } catch { /* not a text field */ }
  }
  held = null;
});
