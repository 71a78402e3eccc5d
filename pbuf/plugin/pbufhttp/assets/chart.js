// A chart of the last minutes: lines over time, failing times shaded.

import { canvas, draw } from "./svg.js";
import { rate, seconds } from "./format.js";
import { span } from "./history.js";

const height = 170;
const left = 52;
const bottom = 20;
const top = 8;

// chart draws one line per name; value(name, i) is its height at sample i, or null.
export function chart(svg, samples, names, value) {
  const width = canvas(svg, height);
  if (samples.length === 0) return;
  const now = samples.at(-1).time;
  const shown = Math.min(span, Math.max(20, now - samples[0].time)); // seconds
  const x = (time) => left + (width - left - 4) * (1 - (now - time) / shown);
  const series = names.map((name) => points(samples, now - shown, (i) => value(name, i)));
  const limit = ceiling(Math.max(1, ...series.flat().map((p) => p.value)));
  const y = (v) => top + (height - top - bottom) * (1 - v / limit);

  shade(svg, samples, now - shown, x);
  for (const part of [0, 0.5, 1]) {
    const at = y(limit * part);
    draw(svg, "path", { class: "grid", d: `M${left} ${at}H${width - 4}` });
    draw(svg, "text", { x: left - 6, y: at + 4, "text-anchor": "end" }, rate(limit * part).replace(".0", ""));
  }
  draw(svg, "text", { x: left, y: height - 4 }, seconds(Math.round(shown)) + " ago");
  draw(svg, "text", { x: width - 4, y: height - 4, "text-anchor": "end" }, "now");
  series.forEach((line, i) => {
    if (line.length < 2) return;
    const d = "M" + line.map((p) => `${x(p.time).toFixed(1)} ${y(p.value).toFixed(1)}`).join("L");
    draw(svg, "path", { class: `area ${names[i]}`, d: `${d}V${y(0)}H${x(line[0].time).toFixed(1)}Z` });
    draw(svg, "path", { class: `line ${names[i]}`, d });
  });
}

function points(samples, first, value) {
  const out = [];
  samples.forEach((s, i) => {
    const v = s.time < first ? null : value(i);
    if (v !== null) out.push({ time: s.time, value: v });
  });
  return out;
}

// shade marks the times in which deliveries failed, each whole: between parts of it
// there would be seams.
function shade(svg, samples, first, x) {
  let from = null;
  for (let i = 1; i < samples.length; i++) {
    if (!samples[i].failing || samples[i].time < first) continue;
    from ??= x(Math.max(samples[i - 1].time, first));
    if (samples[i + 1]?.failing) continue;
    draw(svg, "rect", { class: "failing", x: from, y: top, width: x(samples[i].time) - from, height: height - top - bottom });
    from = null;
  }
}

// ceiling is the next round number.
function ceiling(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 5, 10].map((f) => f * power).find((limit) => limit >= n);
}
