// Every page: the palette (Ctrl K), and menus that close on Escape or a press beside them.
import { make } from "./lib.js";

const TO = {
  alert: (id) => `/alerts/${id}`, position: (id) => `/positions/${id.split("/").map(encodeURIComponent).join("/")}`,
  location: (id) => `/queue?scope=all&location=${encodeURIComponent(id)}`, sku: (id) => `/queue?scope=all&sku=${encodeURIComponent(id)}`,
  supplier: (id) => `/suppliers/${encodeURIComponent(id)}`, proposal: (id) => `/proposals/${id}`,
  person: (id) => `/queue?scope=all&owner=${encodeURIComponent(id)}`, message: (id) => `/messages/${id}`,
};
const field = document.querySelector("[data-palette]");
let box, list, timer;

const open = () => {
  if (!box) {
    box = make("dialog", "palette");
    const input = make("input", "");
    input.type = "search";
    input.setAttribute("aria-label", field.placeholder);
    input.placeholder = field.placeholder;
    list = make("ul", "");
    box.append(input, list);
    document.body.append(box);
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => look(input.value), 120); });
    box.addEventListener("keydown", keys);
  }
  if (!box.open) box.showModal();
  box.querySelector("input").select();
  look("");
};

const look = async (text) => {
  const pages = [...document.querySelectorAll(".side a")].filter((one) => one.textContent.toLowerCase().includes(text.toLowerCase()));
  let found = [];
  if (text.trim().length > 1) {
    const answer = await fetch(`/api/v1/lookup?q=${encodeURIComponent(text.trim())}`).catch(() => null);
    if (answer?.ok) found = (await answer.json()).hits ?? [];
  }
  if (text !== box.querySelector("input").value) return;
  list.replaceChildren(...found.map((hit) => line(TO[hit.kind]?.(hit.id) ?? "/queue", hit.name || hit.id, hit.more || hit.id)),
    ...pages.slice(0, text ? 6 : 20).map((one) => line(one.href, one.textContent, "")));
  list.querySelector("a")?.classList.add("is-on");
};

const line = (to, name, more) => {
  const item = make("li", ""), link = make("a", "", name);
  link.href = to;
  link.append(make("small", "", more));
  item.append(link);
  return item;
};

const keys = (event) => {
  const links = [...list.querySelectorAll("a")], at = links.findIndex((one) => one.classList.contains("is-on"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && links.length) {
    event.preventDefault();
    links[at]?.classList.remove("is-on");
    const next = links[(at + step + links.length) % links.length];
    next.classList.add("is-on");
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    links[Math.max(at, 0)]?.click();
  }
};

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && field) {
    event.preventDefault();
    open();
  }
  if (event.key === "Escape") for (const one of document.querySelectorAll("details.confirm[open], .bottom details[open]")) {
    one.open = false;
    one.querySelector("summary").focus();
  }
});
addEventListener("click", (event) => {
  for (const one of document.querySelectorAll("details.confirm[open], .bottom details[open]")) if (!one.contains(event.target)) one.open = false;
});
