// What every island needs: words of the page, a request whose answer is a document, and rows that take the place of others.
// An answer is parsed by the browser as a document (never a string put into the page), so Trusted Types need no policy.
const words = new Map([...(document.getElementById("words")?.content.children ?? [])].map((one) => [one.dataset.key, one.textContent]));
export const word = (key, values = {}) => (words.get(key) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const ask = (method, url, body) => new Promise((done, fail) => {
  const request = new XMLHttpRequest();
  request.open(method, url);
  request.responseType = "document";
  request.onload = () => (request.response ? done(request.response) : fail(request.status));
  request.onerror = () => fail(0);
  request.send(body);
});

// Rows by their id: each takes the place of the one that is there and keeps where the reader is. Returns those that are new here.
const met = new Map();
export const put = (answer) => {
  const seq = Number(answer.body.dataset.seq), others = [];
  for (const row of [...answer.querySelectorAll("[data-id]")]) {
    const old = document.getElementById(row.id);
    if (!old) { others.push(row); continue; }
    met.set(row.dataset.id, seq);
    const focused = old.contains(document.activeElement), link = focused && document.activeElement.matches("a");
    row.hidden = old.hidden;
    if (old.dataset.in) row.dataset.in = old.dataset.in;
    row.classList.toggle("is-on", old.classList.contains("is-on"));
    if (old.dataset.busy) row.classList.add("is-new");
    old.replaceWith(document.adoptNode(row));
    if (focused) row.querySelector(link ? ".what a" : "button, .what a")?.focus({ preventScroll: true });
  }
  return others;
};
export const isOld = (id, seq) => (met.get(id) ?? 0) >= seq;

// A name from JSON as the page writes it: signs that nobody sees, or that turn the direction of a text, are written out.
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/gu;
export const visible = (text) => text.replace(hidden, (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`);

export const make = (name, className, text = "") => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = visible(text);
  return made;
};
export const isTyping = (event) => event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
