// What plain forms cannot do: start a look-up on paste, press Send by keyboard, keep the place after a swap.
"use strict";

const link = /^https?:\/\/\S+\/\d+/;
for (const field of document.querySelectorAll("input[name=ticket]")) {
  if (!field.form.matches("[data-ticket-form], #header-ticket")) continue;
  field.addEventListener("paste", (event) => {
    const pasted = (event.clipboardData || {getData: () => ""}).getData("text").trim().split(/\s+/).join(" ");
    if (!link.test(pasted) && !/^#?\d{3,15}([\s,;]+#?\d{3,15})*$/.test(pasted)) return;
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

function say(words) { document.getElementById("alerts").textContent = words; }

// A button that was pressed is pressed once; what was typed until then is stored first.
document.addEventListener("submit", (event) => {
  const target = event.target;
  if (!target.matches("[data-send], [data-ticket-form]")) return;
  if (target.dataset.pressed) { event.preventDefault(); return; }
  if (target.matches("[data-send]") && choices.size) {
    event.preventDefault();
    say("Your last choice is still being read, so nothing was sent. Press the button again.");
    return;
  }
  target.dataset.pressed = "1";
  const pressed = event.submitter || target.querySelector("button:not([form])");
  pressed?.setAttribute("aria-busy", "true");
  if (!target.matches("[data-send]") || !unstored()) return;
  event.preventDefault();
  store().then(() => press(pressed?.value), () => {
    say("Your words could not be stored, so nothing was sent. Press the button again.");
    delete target.dataset.pressed;
    pressed?.removeAttribute("aria-busy");
  });
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const send = document.querySelector("[data-send]");
  if (!send || event.target.closest?.("#none-of-these")) return;  // "why not?" is not an answer to Send
  event.preventDefault();
  const goesOn = send.querySelector("[data-by-keyboard]:not([disabled])");  // in a row: Send and next
  if (goesOn) goesOn.click();
  else press();
});
// What was to wait for the morning is never sent at once instead, should its button be another one by now.
function press(value) {
  const buttons = [...document.querySelectorAll("[data-send] button:not([disabled], [form])")];
  (value ? buttons.find((button) => button.value === value) : buttons[0])?.click();
}

// The bar that stays at the bottom: how much of the screen it takes, so that nothing that has the focus is behind it.
function measureBar() {
  const bar = document.querySelector(".sendbar");
  if (bar) document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
}
measureBar();
window.addEventListener("resize", measureBar);

// Choices on their way to the server. Until each has come back, Send would send something else than what is shown.
// The request itself is listened to: htmx tells nobody of the end of one whose form was replaced meanwhile.
const choices = new Set();
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const {elt, xhr} = event.detail;
  const chooses = elt.matches("#main form:not([hidden])") && elt !== words();  // what a page asks for by itself is hidden
  if (chooses) choices.add(xhr);
  markSend();
  xhr.addEventListener("error", () => noAnswer(elt, chooses));
  xhr.addEventListener("load", answer);
  xhr.addEventListener("loadend", () => {
    choices.delete(xhr);
    markSend();
    // A choice that was not taken does not look as if it were.
    if (chooses && elt.matches("[hx-trigger]") && (!xhr.status || xhr.status >= 400 && ![409, 422].includes(xhr.status))) elt.reset();
  });
});
document.body.addEventListener("htmx:oobAfterSwap", markSend);
function markSend() {
  for (const button of document.querySelectorAll("[data-send] button")) {
    if (choices.size) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

// The portal itself did not answer: said until it does.
let silence = "";
function noAnswer(elt, chooses) {
  if (elt === words()) silence = "The portal does not answer, so your words are not stored yet. They stay here, and are stored with the next change or when you press Send.";
  else if (chooses) silence = "The portal does not answer, so what you chose was not taken. Choose it again.";
  else if (elt.matches("[hx-get]")) silence = "The portal does not answer. This page tries again by itself; until then it shows what was known before.";
  else silence = "The portal does not answer, so something is missing here. Load this page again in a moment.";
  say(silence);
}
function answer() {
  if (this.status < 400) document.querySelector("#alerts [data-passes]")?.remove();
  if (silence && document.getElementById("alerts").textContent === silence) say("");
  silence = "";
}

// The words: how often they were changed, and how much of that the server has.
const words = () => document.getElementById("words-form");
let typed = 0, asked = 0, stored = 0;
document.addEventListener("input", (event) => { if (words()?.contains(event.target)) typed += 1; });
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target !== words()) return;
  if (unstored()) asked = typed;
  else event.preventDefault();  // leaving a field whose words are stored already
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id === "words-form" && event.detail.successful) stored = asked;
});
function unstored() { return words() && stored < typed; }
function store() {
  return new Promise((done, failed) => {
    document.body.addEventListener("htmx:afterRequest", function look() {
      if (unstored()) return;
      document.body.removeEventListener("htmx:afterRequest", look);
      done();
    });
    htmx.trigger(words(), "change");
    setTimeout(failed, 5000);
  });
}

// A box that was left empty shows what is sent instead: the ready words.
document.addEventListener("change", (event) => {
  if (words()?.contains(event.target) && event.target.dataset.ready && !event.target.value.trim()) event.target.value = event.target.dataset.ready;
});

// Leaving the page takes the last words along.
window.addEventListener("pagehide", () => {
  const form = words();
  if (form && unstored()) fetch(form.action, {method: "POST", body: new FormData(form), keepalive: true, redirect: "manual"});
});

document.querySelector("[data-focus]")?.focus();

// Who is named in a line is the choice that leads to it.
document.addEventListener("input", (event) => {
  const [name, value] = event.target.dataset?.chooses?.split("=") || [];
  if (!name || !event.target.value.trim()) return;
  for (const choice of event.target.form.elements[name]) if (choice.value === value) choice.checked = true;
});

// The seconds that are left, as the server told them; what happens at their end, the page's next look says.
for (const left of document.querySelectorAll("[data-seconds]")) {
  const end = performance.now() + 1000 * left.dataset.seconds;
  const timer = setInterval(() => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    left.textContent = seconds;
    if (!seconds || !left.isConnected) clearInterval(timer);
  }, 200);
}

// Two answers that cross: a part is never replaced by one that was read earlier. What is the newest then is asked for.
const read = new Map();
let asOf = 0, crossed = false;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  asOf = Number(event.detail.xhr.getResponseHeader("X-As-Of"));
  crossed = false;
}, true);
// A page that asks by itself does not say each second anew that the database is away.
document.body.addEventListener("htmx:beforeSwap", ({detail}) => {
  if (detail.xhr.status === 503 && detail.requestConfig.verb === "get" && document.querySelector("#alerts [data-passes]")) detail.shouldSwap = false;
});
document.body.addEventListener("htmx:afterOnLoad", newest);
function newest() {
  if (crossed) htmx.ajax("GET", location.pathname, {target: "#main", swap: "none"});
  crossed = false;
}
function outdated(place) {
  if (!asOf || place.id === "announcer") return false;
  const parts = [place, ...place.querySelectorAll("[id]")];
  if (parts.some((part) => read.get(part.id) > asOf)) return crossed = true;
  for (const part of parts) read.set(part.id, asOf);
  return false;
}

// A part that came back the same stays: a swap between pressing and letting go of the mouse would swallow the click.
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const {target, fragment} = event.detail;
  if (outdated(target) || fragment.firstElementChild && bare(target) === bare(fragment.firstElementChild)) event.detail.shouldSwap = false;
});
function bare(element) {
  const copy = element.cloneNode(true);
  for (const field of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) field.remove();
  for (const details of copy.querySelectorAll("details[open]")) details.removeAttribute("open");
  return copy.innerHTML;
}

// A swap keeps what is open and where the focus was; an answer that comes by itself keeps what was typed meanwhile.
let held = null;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  const fields = event.detail.requestConfig?.elt.closest("#ticket") ? document.querySelectorAll("#main :is(input:not([type]), textarea)[id]") : [];
  held = {
    texts: [...fields].filter((field) => field.value !== field.defaultValue).map((field) => [field.id, field.value]),
    active, id: active && active.id, near: active?.parentElement?.closest("[id]")?.id,
    start: active && active.selectionStart, end: active && active.selectionEnd,
    open: [...document.querySelectorAll("details[open][id]")].map((details) => details.id),
  };
});
document.body.addEventListener("htmx:afterSettle", restore);
function restore() {
  measureBar();
  if (!held) return;
  for (const id of held.open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, text] of held.texts) {
    const field = document.getElementById(id);
    if (field) field.value = text;
  }
  // What had the focus is there again, or something beside its old place: never back to the top of the page.
  // Who has moved on meanwhile is left where they are.
  const lost = !held.active?.isConnected && (document.activeElement || document.body) === document.body;
  const again = lost && (held.id && document.getElementById(held.id)
    || held.near && beside(document.getElementById(held.near)) || document.getElementById("main"));
  if (again) {
    again.focus({preventScroll: true});
    try { if (held.start !== null) again.setSelectionRange(held.start, held.end); } catch { /* not a text field */ }
  }
  held = null;
}

function beside(near) {
  return near?.querySelector("summary, button:not(.late *), input:not([type=hidden]), a") || near?.closest("[tabindex]");
}

// Two answers that cross: the one whose form was replaced meanwhile is put in its places all the same. (htmx would look for
// them beneath the form that is no longer there, and drop the answer.)
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const {requestConfig, xhr, shouldSwap} = event.detail;
  if (!shouldSwap || xhr.status !== 200 || !requestConfig || requestConfig.elt.isConnected) return;
  event.detail.shouldSwap = false;
  for (const part of [...new DOMParser().parseFromString(xhr.responseText, "text/html").body.children]) {
    const place = document.getElementById(part.id);
    if (!place || outdated(place) || bare(place) === bare(part)) continue;
    if (part.id === "announcer") { place.textContent = part.textContent; continue; }
    part.removeAttribute("hx-swap-oob");
    place.replaceWith(part);
    htmx.process(part);
  }
  restore();
  newest();
});

// Copy: the text of an element, said when it is there. Without a script the button is not shown.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies);
  const said = (words) => { document.getElementById("announcer").textContent = button.firstChild.textContent = words; };
  const written = navigator.clipboard ? navigator.clipboard.writeText(text.textContent) : Promise.reject();
  written.then(() => said("Copied"), () => { getSelection().selectAllChildren(text); said("Selected: press Ctrl+C"); });
});
