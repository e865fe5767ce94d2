// What others do appears by itself: rows that are here are replaced where they stand; what is new is counted and shown on a press.
import { ask, isOld, make, put, word } from "./lib.js";

const page = document.body.dataset, waiting = new Set(), fresh = new Set();
let source = null, seq = Number(page.seq), timer = null, pill = null;

const show = (n) => {
  if (!pill) {
    pill = make("a", "button primary pill");
    pill.href = location.href;
    pill.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
    document.body.append(pill);
  }
  pill.textContent = word("new", { n });
};

const tell = (rows) => {
  if (page.notify !== "on" || !("Notification" in window) || Notification.permission !== "granted") return;
  for (const row of rows.filter((one) => one.matches(".critical:not(.is-done)")).slice(0, 3)) {
    const note = new Notification(row.querySelector(".what a").textContent, { body: row.querySelector(".what small").textContent, tag: row.dataset.id });
    note.onclick = () => location.assign(row.querySelector(".what a").href);
  }
};

const load = async () => {
  timer = null;
  const ids = [...waiting].slice(0, 50);
  for (const id of ids) waiting.delete(id);
  const here = ids.filter((id) => document.getElementById(`a-${id}`)), others = ids.filter((id) => !here.includes(id));
  const queue = document.querySelector("[data-queue]");
  const asked = [...(queue ? here : []), ...(page.notify === "on" ? others : [])];
  if (asked.length) {
    const answer = await ask("GET", `/queue?part=rows&${asked.map((id) => `alert=${id}`).join("&")}`).catch(() => null);
    if (answer) tell(put(answer));
  }
  if (!queue && here.length) show(here.length);
  for (const id of others) fresh.add(id);
  if (fresh.size && document.querySelector("[data-queue], .empty")) show(fresh.size);
  if (waiting.size) timer ??= setTimeout(load, 500);
};

const open = () => {
  if (source) return;
  source = new EventSource(`/live?after=${seq}`);
  source.addEventListener("change", (event) => {
    seq = Number(event.lastEventId);
    const { alerts = [], proposals = [] } = JSON.parse(event.data);
    for (const id of [...alerts, ...proposals]) if (!isOld(id, seq)) waiting.add(id);
    timer ??= setTimeout(load, 60);
  });
  source.addEventListener("many", (event) => { seq = Number(event.lastEventId); show(JSON.parse(event.data).count); });
  source.addEventListener("reload", () => show(""));
  // A desk that ends or starts anew refuses; a browser then gives up for good, so it is asked again here.
  source.addEventListener("error", () => { if (source?.readyState === EventSource.CLOSED) { close(); setTimeout(() => document.hidden || open(), 5000); } });
};
const close = () => { source?.close(); source = null; };

addEventListener("visibilitychange", () => (document.hidden && page.notify !== "on" ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", () => { if (!document.hidden) open(); });
if (!document.hidden) open();
