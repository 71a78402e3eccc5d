// The ledger as a flow: what was accepted, and where it is.

import { canvas, draw } from "./svg.js";
import { count } from "./format.js";

const scale = 170; // height of all that was accepted
const row = 22; // height that a label needs
const node = 12; // width of a side

// flow draws the parts, [class, label, number], as they leave the accepted ones.
export function flow(svg, accepted, parts) {
  const rows = parts.map(([, , n]) => Math.max(row, share(n, accepted) * scale + 6));
  const sum = rows.reduce((a, b) => a + b, 0);
  const narrow = svg.clientWidth < 560; // no room at the side of the accepted ones
  const head = narrow ? 24 : 0;
  const start = narrow ? head : Math.max(0, Math.min(40, (sum - scale) / 2));
  const height = head + sum;
  const width = canvas(svg, height);
  svg.setAttribute("height", height);
  const from = narrow ? 0 : 150;
  const to = width - (narrow ? 250 : 280);

  if (narrow) {
    const text = draw(svg, "text", { class: "name", x: 0, y: head - 10 }, "accepted ");
    draw(text, "tspan", { class: "none" }, count(accepted));
  } else {
    draw(svg, "text", { class: "name", x: from - 10, y: start + scale / 2 - 2, "text-anchor": "end" }, "accepted");
    draw(svg, "text", { x: from - 10, y: start + scale / 2 + 14, "text-anchor": "end" }, count(accepted));
  }
  if (accepted > 0) draw(svg, "rect", { class: "node accepted", x: from, y: start, width: node, height: scale });

  let leaves = start;
  let arrives = head;
  parts.forEach(([kind, label, n], i) => {
    const thick = share(n, accepted) * scale;
    const middle = arrives + rows[i] / 2;
    if (n > 0) {
      const shown = Math.max(2, thick);
      const a = from + node;
      const half = (a + to) / 2;
      const y = middle - shown / 2;
      const d = `M${a} ${leaves}C${half} ${leaves} ${half} ${y} ${to} ${y}V${y + shown}` +
        `C${half} ${y + shown} ${half} ${leaves + thick} ${a} ${leaves + thick}Z`;
      draw(svg, "path", { class: `ribbon ${kind}`, d });
      draw(svg, "rect", { class: `node ${kind}`, x: to, y, width: node, height: shown });
    }
    const text = draw(svg, "text", { class: n > 0 ? "name" : "name none", x: to + node + 10, y: middle + 4.5 }, label + " ");
    draw(text, "tspan", { class: "none" }, n > 0 ? `${count(n)} · ${percent(n, accepted)}` : "0");
    leaves += thick;
    arrives += rows[i];
  });
}

const share = (n, all) => (all > 0 ? n / all : 0);

function percent(n, all) {
  const p = 100 * share(n, all);
  if (p > 0 && p < 0.1) return "< 0.1 %";
  return p.toFixed(1).replace(/\.0$/, "") + " %";
}
