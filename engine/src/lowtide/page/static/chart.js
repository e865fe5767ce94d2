// A chart says what stands under the pointer: every day of it is a box with a title, which is what is read out.
for (const drawing of document.querySelectorAll("svg[data-readout]")) {
  const days = [...drawing.querySelectorAll("[data-day]")], figure = drawing.closest("figure");
  const said = figure.querySelector(".readout"), mark = drawing.querySelector(".cursor");
  const say = (event) => {
    const at = drawing.getBoundingClientRect(), x = ((event.clientX - at.left) / at.width) * drawing.viewBox.baseVal.width;
    const day = days.find((one) => x >= Number(one.getAttribute("x")) && x < Number(one.getAttribute("x")) + Number(one.getAttribute("width")));
    if (!day) return;
    const middle = Number(day.getAttribute("x")) + Number(day.getAttribute("width")) / 2;
    mark.setAttribute("x1", middle);
    mark.setAttribute("x2", middle);
    mark.removeAttribute("visibility");
    said.textContent = day.querySelector("title").textContent;
  };
  drawing.addEventListener("pointermove", say);
  drawing.addEventListener("pointerdown", say);
}
