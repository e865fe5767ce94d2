// The switch of browser notifications: the browser asks the person first; only then is the choice kept.
for (const link of document.querySelectorAll("a[data-notify]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const may = "Notification" in window ? await Notification.requestPermission() : "denied";
    if (may === "granted") location.assign(link.href);
    else link.after(Object.assign(document.createElement("small"), { textContent: link.dataset.refused }));
  });
}
