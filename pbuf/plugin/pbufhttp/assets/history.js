// The samples of one buffer in the last minutes, and the rates at each of them.

export const span = 120; // seconds that the charts show

const counters = ["accepted", "delivered", "failed"]; // those that have a rate

export class History {
  constructor() {
    this.samples = []; // those that the charts show
    this.marks = []; // those that the next rates are taken from, back to the window's start
  }

  // add appends a sample. The ledger gets the writes that were overwritten when
  // their generation is retired, so a rate covers a flush interval, however long.
  add(time, buffer) {
    const last = this.samples.at(-1);
    if (last && (time <= last.time || counters.some((name) => buffer.total[name] < last.total[name]))) {
      this.samples.length = this.marks.length = 0; // another process answers
    }
    const window = Math.max(2, buffer.settings.flush_interval_seconds);
    while (this.marks.length > 1 && time - this.marks[1].time >= window) this.marks.shift();
    const now = { time, total: buffer.total, failing: buffer.failing, rates: {} };
    const then = this.marks[0];
    if (then && time - then.time >= window) {
      for (const name of counters) now.rates[name] = Math.max(0, (now.total[name] - then.total[name]) / (time - then.time));
    }
    this.samples.push(now);
    while (this.samples[0].time < time - span - 5) this.samples.shift();
    const mark = this.marks.at(-1);
    if (!mark || time - mark.time >= window / 1000) this.marks.push(now); // a long window needs no more
  }

  // rate is the growth of a counter per second at the i-th sample, null if the page
  // had not seen a whole window by then.
  rate(name, i = this.samples.length - 1) {
    return this.samples[i].rates[name] ?? null;
  }
}
