// How numbers are written. render.go writes them the same way.

export const count = (n) => Math.round(n).toLocaleString("en-US");

export function rate(n) {
  if (n === null) return "–";
  if (n >= 1e6) return (n / 1e6).toFixed(2) + " M";
  return n > 0 && n < 10 ? n.toFixed(1) : count(n);
}

const short = (n) => String(Number(n.toPrecision(3)));

export function seconds(s) {
  if (s <= 0) return "0 s";
  if (s < 1e-3) return short(s * 1e6) + " µs";
  if (s < 1) return short(s * 1e3) + " ms";
  if (s < 60) return short(s) + " s";
  if (s < 3600) return pair(s, 60, "min", 1, "s");
  if (s < 172800) return pair(s, 3600, "h", 60, "min");
  return pair(s, 86400, "d", 3600, "h");
}

function pair(s, large, largeName, small, smallName) {
  const rest = Math.floor((s % large) / small);
  return `${Math.floor(s / large)} ${largeName}` + (rest ? ` ${rest} ${smallName}` : "");
}

export function bytes(n) {
  if (n < 1024) return n + " B";
  const units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let i = -1;
  do {
    n /= 1024;
    i++;
  } while (n >= 1024 && i < units.length - 1);
  return short(n) + " " + units[i];
}

// sizes are those that count for MaxBytes; nothing without it.
export const sizes = (n) => (n > 0 ? `${bytes(n)} held` : "");
