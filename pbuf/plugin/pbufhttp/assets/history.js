// The samples of one buffer in the last minutes, and the rates between them.

export const span = 120; // seconds that the charts show

export class History {
  constructor() {
    this.samples = [];
    this.window = 2; // seconds that a rate is taken over
  }

  // add appends a sample. The ledger gets the writes that were overwritten when
  // their generation is retired, so a rate covers a flush interval.
  add(time, buffer) {
    this.window = Math.min(15, Math.max(2, buffer.settings.flush_interval_seconds));
    const last = this.samples.at(-1);
    if (last && (time <= last.time || buffer.total.delivered < last.total.delivered)) {
      this.samples.length = 0; // another process answers
    }
    this.samples.push({ time, total: buffer.total, failing: buffer.failing });
    while (this.samples[0].time < time - span - this.window - 5) this.samples.shift();
  }

  // rate is the growth of a counter per second at the i-th sample, null while
  // there is nothing to compare with.
  rate(name, i = this.samples.length - 1) {
    const now = this.samples[i];
    let j = i;
    while (j > 0 && now.time - this.samples[j].time < this.window) j--;
    const then = this.samples[j];
    if (now.time - then.time < 0.2) return null;
    return Math.max(0, (now.total[name] - then.total[name]) / (now.time - then.time));
  }
}
