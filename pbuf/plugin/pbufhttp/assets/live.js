// Asks for the numbers again and again and writes them into the page. The page's
// structure is the server's; here only its cells change, and the pictures are drawn.

import { chart } from "./chart.js";
import { flow } from "./flow.js";
import { History } from "./history.js";
import { write } from "./cells.js";

const root = document.documentElement;
const sections = [...document.querySelectorAll(".buffer")];
const histories = sections.map(() => new History());
const refresh = Number(root.dataset.refresh);
const patience = Math.max(5000, 3 * refresh); // without it, a server that hangs leaves old numbers that look live

async function poll() {
  const answer = await fetch("stats.json", { cache: "no-store", signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error("status " + answer.status);
  return answer.json();
}

function show(section, buffer, history) {
  write(section, buffer, history);
  const all = buffer.total;
  chart(section.querySelector("[data-chart=rates]"), history.samples, ["accepted", "delivered", "failed"], (name, i) => history.rate(name, i));
  chart(section.querySelector("[data-chart=held]"), history.samples, ["size", "in_flight"], (name, i) => history.samples[i].total[name]);
  const parts = [...section.querySelectorAll("[data-part]")].map((r) => [r.dataset.part, r.dataset.label, all[r.dataset.part]]);
  flow(section.querySelector("[data-flow]"), all.accepted, parts);
}

async function tick() {
  try {
    const stats = await poll();
    if (stats.shape !== root.dataset.shape) return location.reload(); // other buffers
    document.querySelector("time").textContent = stats.clock;
    stats.buffers.forEach((b, i) => {
      histories[i].add(stats.unix_seconds, b);
      show(sections[i], b, histories[i]);
    });
    root.classList.replace("cut", "live") || root.classList.add("live");
  } catch (error) {
    root.classList.replace("live", "cut") || root.classList.add("cut");
  }
  setTimeout(tick, refresh);
}

root.classList.add("js");
tick();
