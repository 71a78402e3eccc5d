// The cells of the page that show a number, and how they follow it.
//
//   data-v="total.size"     the number's place in the buffer
//   data-f="seconds"        how it is written; without it, as text
//   data-rate="delivered"   growth per second of the total
//   data-share="0.size"     a bar: partition 0 beside the largest, which may have no row
//   data-state="state"      an attribute that the colour depends on

import * as format from "./format.js";

const place = (from, path) => path.split(".").reduce((at, step) => at?.[step], from);

const largest = (buffer, name) => buffer.partitions.reduce((most, p) => Math.max(most, p[name]), 1);

export function write(section, buffer, history) {
  for (const cell of section.querySelectorAll("[data-v]")) {
    const value = place(buffer, cell.dataset.v) ?? "";
    const text = cell.dataset.f && value !== "" ? format[cell.dataset.f](value) : String(value);
    if (cell.textContent !== text) cell.textContent = text;
    if (cell.dataset.state !== undefined) cell.dataset.state = String(value);
    if (cell.dataset.alarm !== undefined) cell.classList.toggle("bad", value > 0);
  }
  for (const cell of section.querySelectorAll("[data-rate]")) {
    const value = history.rate(cell.dataset.rate);
    cell.textContent = format.rate(value);
    if (cell.dataset.alarm !== undefined) cell.classList.toggle("bad", value > 0);
  }
  const most = { size: largest(buffer, "size"), in_flight: largest(buffer, "in_flight") };
  for (const bar of section.querySelectorAll("[data-share]")) {
    const [i, name] = bar.dataset.share.split(".");
    bar.setAttribute("width", ((100 * buffer.partitions[i][name]) / most[name]).toFixed(2));
  }
  for (const box of section.querySelectorAll("[data-failing]")) box.dataset.failing = String(buffer.failing);
}
