"use strict";
// The values of one run, assembled from the server's messages.
Cairn.Run = class {
  static mostBatches = 8000;

  constructor() {
    this.clear();
    this.panels = new Map();
    this.about = { summary: null, layers: null };
    this.run = null;
    this.progress = {};
  }

  clear() {
    this.batches = { epoch: [], batch: [], values: {} };
    this.epochs = { epoch: [], values: {} };
    this.events = [];
  }

  /** Takes a message; returns the events that are new. */
  take(message) {
    if (message.reset) {
      this.clear();
      this.panels.clear();
    }
    this.run = message.run;
    this.progress = message.progress ?? {};
    if (message.about) this.about = message.about;
    Cairn.Run.append(this.batches, message.batches, ["epoch", "batch"]);
    Cairn.Run.append(this.epochs, message.epochs, ["epoch"]);
    this.events.push(...message.events);
    for (const panel of message.panels) this.panels.set(panel.title, panel);
    if (this.batches.epoch.length > Cairn.Run.mostBatches) this.thin();
    return message.events;
  }

  static append(to, from, columns) {
    const before = to.epoch.length;
    const added = from.epoch.length;
    for (const name of columns) to[name].push(...from[name]);
    for (const name of new Set([...Object.keys(to.values), ...Object.keys(from.values)])) {
      const column = to.values[name] ??= new Array(before).fill(null);
      const more = from.values[name];
      for (let i = 0; i < added; i++) column.push(more ? Cairn.number(more[i]) : null);
    }
  }

  thin() {
    const keep = (_, index) => index % 2 === 1;
    this.batches.epoch = this.batches.epoch.filter(keep);
    this.batches.batch = this.batches.batch.filter(keep);
    for (const name of Object.keys(this.batches.values)) this.batches.values[name] = this.batches.values[name].filter(keep);
  }

  /** Batches per epoch, as far as is known. */
  get steps() {
    return this.progress.steps ?? Math.max(1, ...this.batches.batch.slice(-1000).map(batch => batch + 1));
  }

  /** Where on the axis of epochs a batch or the end of an epoch is. @param steps batches per epoch; see steps */
  place(epoch, batch, steps) {
    return batch === null || batch === undefined ? epoch + 1 : epoch + Math.min(1, (batch + 1) / steps);
  }

  /** The range of epochs with values, the same for all charts, so that marks are above each other; null without values. */
  extent(withBatches) {
    const steps = this.steps;
    const { epoch, batch } = this.batches;
    const ends = this.epochs.epoch.length > 0 ? [this.epochs.epoch[0] + 1, this.epochs.epoch.at(-1) + 1] : [];
    if (withBatches && epoch.length > 0) ends.push(this.place(epoch[0], batch[0], steps), this.place(epoch.at(-1), batch.at(-1), steps));
    if (ends.length === 0) return null;
    const last = Math.max(1, ...ends);
    return [Math.min(...ends, last - 0.5), last];
  }

  /** The charts: loss first, then metrics with their validation values, the learning rate and norms last. */
  get groups() {
    const names = [...new Set([...Object.keys(this.epochs.values), ...Object.keys(this.batches.values)])];
    const stem = name => name.startsWith("val_") ? name.slice(4) : name.startsWith("gradient_norm/") ? "gradient_norm by layer" : name;
    const groups = new Map();
    for (const name of names) {
      const key = stem(name);
      groups.set(key, [...(groups.get(key) ?? []), name]);
    }
    const rank = key => key === "loss" ? 0 : key === "learning_rate" ? 3 : key.startsWith("gradient_norm") ? 4 : 1;
    return [...groups].sort((a, b) => rank(a[0]) - rank(b[0]) || a[0].localeCompare(b[0]))
      .map(([key, members]) => ({ key, names: members.sort((a, b) => a.startsWith("val_") - b.startsWith("val_") || a.localeCompare(b)) }));
  }

  epochSeries(name) {
    const x = [];
    const y = [];
    const column = this.epochs.values[name] ?? [];
    for (let i = 0; i < column.length; i++) {
      if (column[i] !== null) {
        x.push(this.epochs.epoch[i] + 1);
        y.push(column[i]);
      }
    }
    return [x, y];
  }

  batchSeries(name) {
    const x = [];
    const y = [];
    const column = this.batches.values[name] ?? [];
    const steps = this.steps;
    for (let i = 0; i < column.length; i++) {
      const at = this.place(this.batches.epoch[i], this.batches.batch[i], steps);
      if (column[i] !== null && (x.length === 0 || at > x[x.length - 1])) {
        x.push(at);
        y.push(column[i]);
      }
    }
    return [x, y];
  }
};

/** Exponential smoothing without the bias of its start; 0 leaves the values as they are. */
Cairn.smooth = (values, weight) => {
  if (weight <= 0) return values;
  let sum = 0;
  let norm = 0;
  return values.map(value => {
    if (!Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    norm = norm * weight + (1 - weight);
    return sum / norm;
  });
};
