// Keys of one alert: each presses the button that stands on the page.
import { isTyping } from "./lib.js";

const PRESS = { a: "[value=ack]", s: "[value=start]", r: "[value=resolve]", z: "[value=snooze-morning]", p: "[data-approve]" };
const OPEN = { e: "[data-assign]", f: "[data-close]" };
const find = (what) => (what ? document.querySelector(what) : null);
addEventListener("keydown", (event) => {
  if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  const fold = find(OPEN[event.key]), button = find(PRESS[event.key]);
  if (event.key === "u") location.assign("/queue");
  if (fold) { fold.open = true; fold.querySelector("select, input").focus(); }
  if (fold || button) event.preventDefault();
  button?.click();
});
