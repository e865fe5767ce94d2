// The queue by keys, and answers without loading the page: each presses what a button of the page would send.
import { ask, isTyping, make, put, word } from "./lib.js";

const table = document.querySelector("[data-queue]"), form = document.getElementById("acts"), bulk = document.querySelector("[data-bulk]");
const on = document.body.dataset.keys !== "off";
const rows = () => [...table.querySelectorAll("tr[data-id]:not([hidden])")].map((row) => row.id);
const chosen = () => [...table.querySelectorAll("input[name=alert]:checked")];
let current = null, at = -1, order = null, waiting = null, pressed = "";

const step = (by) => {
  order ??= rows();
  at = Math.min(Math.max(at + by, 0), order.length - 1);
  const next = document.getElementById(order[at]);
  if (!next) return;
  document.getElementById(current)?.classList.remove("is-on");
  current = next.id;
  next.classList.add("is-on");
  next.querySelector(".what a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const targets = () => {
  const some = chosen().map((one) => one.value);
  return some.length ? some : current ? [document.getElementById(current).dataset.id] : [];
};

// One request for what is pressed within a sixth of a second: fifty keys are a handful of requests.
const send = (verb, ids, fields = {}) => {
  if (!ids.length) return;
  for (const id of ids) {
    const row = document.getElementById(`a-${id}`);
    row.dataset.busy = "1";
    row.classList.add("is-done");
    row.querySelector(".said")?.remove();
    row.querySelector("input").checked = false;
  }
  if (waiting && (waiting.verb !== verb || Object.keys(fields).length)) flush();
  waiting ??= { verb, ids: new Set(), fields, timer: setTimeout(flush, 150) };
  for (const id of ids) waiting.ids.add(id);
  if (!bulk.hidden) count();
};

const flush = async () => {
  const { verb, ids, fields, timer } = waiting;
  clearTimeout(timer);
  waiting = null;
  const body = new URLSearchParams({ verb, part: "rows", seen: form.elements.seen.value, ...fields });
  for (const id of ids) body.append("alert", id);
  try {
    const answer = await ask("POST", "/queue", body);
    form.elements.seen.value = answer.body.dataset.seq;
    if (!answer.querySelector("[data-id]")) throw new Error("refused");
    put(answer);
  } catch {
    for (const id of ids) {
      const row = document.getElementById(`a-${id}`), said = make("span", "said", word("first"));
      said.role = "alert";
      row.classList.remove("is-done");
      row.querySelector(".what").append(said);
    }
  }
};

const count = () => {
  const n = chosen().length, said = bulk.querySelector("[data-count]");
  said.dataset.usual ??= said.textContent;
  said.textContent = n ? word("chosen", { n }) : said.dataset.usual;
  bulk.classList.add("is-live");
  bulk.hidden = !n && !bulk.querySelector("details[open]");
};

const unfold = (name) => {
  const details = bulk.querySelector(name), row = document.getElementById(current);
  if (!chosen().length && row) row.querySelector("input").checked = true;
  details.open = true;
  count();
  details.querySelector("select, input, button").focus();
};

const VERBS = { a: "ack", s: "start", r: "resolve", z: "snooze-morning" };
const TO = { q: "/queue", h: "/heatmap", k: "/kpi", p: "/proposals", b: "/board" };
const ACTS = {
  j: () => step(1), k: () => step(-1), e: () => unfold("[data-assign]"), f: () => unfold("[data-close]"),
  x: () => { const box = document.getElementById(current)?.querySelector("input"); if (box) { box.checked = !box.checked; count(); } },
  p: () => document.getElementById(current)?.querySelector("a.badge")?.click(),
  "/": () => { const filters = document.querySelector(".filters"); filters.open = true; filters.querySelector("input[type=search]").focus(); },
  "?": () => help(),
};

const help = () => {
  const box = make("dialog", ""), keys = make("div", "keys"), close = make("form", "row");
  const names = { j: "j k", enter: "Enter", slash: "/", g: "g q  g h  g k", ctrl_k: "Ctrl K", question: "?" };
  for (const key of ["j", "x", "a", "s", "r", "z", "e", "f", "p", "enter", "slash", "g", "ctrl_k", "question"]) {
    keys.append(make("kbd", "", names[key] ?? key), make("span", "", word(`key.${key}`)));
  }
  box.setAttribute("aria-label", word("keys"));
  box.append(keys);
  document.body.append(box);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", () => box.close());
  box.showModal();
};

addEventListener("keydown", (event) => {
  if (!on || !table || event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || document.querySelector("dialog[open]")) return;
  const before = pressed;
  pressed = event.key === "g" ? "g" : "";
  const act = before === "g" && TO[event.key] ? () => location.assign(TO[event.key]) : VERBS[event.key] ? () => send(VERBS[event.key], targets()) : ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

form?.addEventListener("submit", (event) => {
  const { name, value } = event.submitter ?? {};
  if (!name) return;
  event.preventDefault();
  const [verb, id] = name === "one" ? value.split(":") : [value, ""];
  const fields = verb === "assign" ? { owner: bulk.querySelector("[name=owner]").value } : verb === "close" ? { feedback: bulk.querySelector("[name=feedback]:checked").value } : {};
  send(verb, id ? [id] : targets(), fields);
  for (const one of bulk.querySelectorAll("details[open]")) one.open = false;
});
table?.addEventListener("change", count);
if (bulk) count();
table?.addEventListener("click", (event) => {
  const fold = event.target.closest("[data-fold]");
  if (!fold) return;
  event.preventDefault();
  for (const row of table.querySelectorAll(`[data-in="${CSS.escape(fold.dataset.fold)}"]`)) row.hidden = false;
  fold.closest("tr").remove();
  order = null;
});
