// Elements of an SVG, made without markup, so that no text is taken for one.

const namespace = "http://www.w3.org/2000/svg";

export function draw(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

// canvas empties an SVG and gives it the size that it has on the screen.
export function canvas(svg, height) {
  svg.replaceChildren();
  const width = Math.max(280, svg.clientWidth);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return width;
}
