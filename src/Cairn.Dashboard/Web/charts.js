"use strict";
// Curves over the epochs, drawn by uPlot. All charts of a page have the same range of epochs.
Cairn.View = class {
  constructor() {
    this.log = false;
    this.smoothing = 0;
    this.showBatches = true;
    this.range = null;
    this.extent = null;
    this.charts = [];
  }

  setRange(range) {
    this.range = range;
    for (const chart of this.charts) chart.draw();
  }

  /** Zooms or moves by keys and buttons; the whole range where there is none yet. */
  zoom(factor, shift = 0) {
    const whole = [0, Math.max(1, this.extent?.[1] ?? 0, ...this.charts.map(chart => chart.lastX))];
    const [from, to] = this.range ?? whole;
    const width = Math.min(whole[1], Math.max((to - from) * factor, whole[1] / 1e4));
    const middle = (from + to) / 2 + shift * (to - from);
    let start = Math.max(0, middle - width / 2);
    start = Math.max(0, Math.min(start, whole[1] - width));
    this.setRange(width >= whole[1] ? null : [start, start + width]);
  }
};

Cairn.Chart = class {
  static styles = [
    { color: "train" }, { color: "validation", dash: [7, 4] }, { color: "mark", dash: [2, 3] }, { color: "good", dash: [10, 3, 2, 3] },
    { color: "danger", dash: [4, 2] }, { color: "faint" }, { color: "accent", dash: [1, 4] }, { color: "batch", dash: [12, 4] },
  ];

  /** @param series () => [{ label, x, y, style, thin }] @param marks () => [{ x, sign, text }] */
  constructor(view, title, series, marks = () => []) {
    Object.assign(this, { view, title, series, marks, lastX: 1 });
    this.place = Cairn.el("div");
    this.heading = Cairn.el("h3", { textContent: title });
    this.node = Cairn.el("figure", {
      tabIndex: 0, role: "group", "aria-label": `Chart of ${title}. Plus and minus zoom, arrow keys move, 0 shows the whole run.`,
      onkeydown: event => this.key(event),
    }, this.heading, this.place);
    view.charts.push(this);
    new ResizeObserver(() => this.resize()).observe(this.node);
  }

  key(event) {
    const keys = { "+": [0.5, 0], "=": [0.5, 0], "-": [2, 0], ArrowLeft: [1, -0.25], ArrowRight: [1, 0.25] };
    if (event.key === "0" || event.key === "Escape") this.view.setRange(null);
    else if (keys[event.key]) this.view.zoom(...keys[event.key]);
    else return;
    event.preventDefault();
  }

  get width() {
    return Math.max(200, Math.floor(this.node.clientWidth - 24));
  }

  resize() {
    if (this.plot && Math.abs(this.plot.width - this.width) > 1) this.plot.setSize({ width: this.width, height: 230 });
  }

  draw() {
    const all = this.series().filter(one => one.x.length > 0);
    const { log, smoothing } = this.view;
    const tables = all.map(one => {
      let y = Cairn.smooth(one.y, smoothing);
      // A logarithmic axis can't show values of 0 or less.
      y = y.map(value => !Number.isFinite(value) || (log && value <= 0) ? null : value);
      return [one.x, y];
    });
    const data = tables.length > 0 ? uPlot.join(tables) : [[], []];
    this.lastX = Math.max(1, ...data[0].slice(-1));
    const shape = JSON.stringify([all.map(one => [one.label, one.thin]), log, smoothing > 0, Cairn.color("ground")]);
    if (!this.plot || shape !== this.shape) {
      this.plot?.destroy();
      this.shape = shape;
      this.plot = new uPlot(this.options(all, log), data, this.place);
    } else {
      this.plot.setData(data, false);
    }
    const range = this.view.range ?? this.view.extent ?? [data[0].length > 0 ? Math.min(data[0][0], this.lastX - 0.5) : 0, this.lastX];
    this.plot.batch(() => {
      this.plot.setScale("x", { min: range[0], max: range[1] });
    });
    this.describe(all);
  }

  describe(all) {
    const values = all.filter(one => !one.thin).map(one => `${one.label} ${Cairn.format(one.y[one.y.length - 1])}`);
    const text = `${this.title}: ${values.length > 0 ? `last values ${values.join(", ")}` : "no values yet"}`;
    const canvas = this.place.querySelector("canvas");
    if (canvas && canvas.getAttribute("aria-label") !== text) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", text);
    }
  }

  options(all, log) {
    const text = Cairn.color("faint");
    const axis = { stroke: text, grid: { stroke: Cairn.color("line"), width: 1 }, ticks: { stroke: Cairn.color("line"), width: 1 } };
    return {
      width: this.width, height: 230,
      // Lines differ by their dashes as well as by color; so do their signs in the legend.
      legend: {
        live: true,
        markers: { dash: (plot, index) => {
          const first = plot.series[index].dash?.[0] ?? 0;
          return first === 0 ? "solid" : first < 4 ? "dotted" : "dashed";
        } },
      },
      scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
      series: [{ label: "epoch", value: (_, value) => value === null ? "–" : Cairn.format(value) }, ...all.map(one => {
        const style = Cairn.Chart.styles[one.style % Cairn.Chart.styles.length];
        return {
          label: one.label, stroke: Cairn.color(one.thin ? "batch" : style.color), width: one.thin ? 1 : 2, dash: one.thin ? [] : style.dash,
          spanGaps: true, points: { show: !one.thin && one.x.length < 30, size: 5 }, value: (_, value) => Cairn.format(value),
        };
      })],
      axes: [
        { ...axis, size: 32, values: (_, ticks) => ticks.map(tick => Number.isInteger(tick) ? String(tick) : "") },
        { ...axis, size: 64, values: (_, ticks) => ticks.map(tick => tick === null ? "" : Cairn.format(tick)) },
      ],
      cursor: { drag: { x: true, y: false, setScale: false }, sync: { key: "cairn", setSeries: false } },
      hooks: {
        draw: [plot => this.drawMarks(plot)],
        setSelect: [plot => {
          if (plot.select.width > 4) {
            const from = plot.posToVal(plot.select.left, "x");
            const to = plot.posToVal(plot.select.left + plot.select.width, "x");
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            this.view.setRange([from, to]);
          }
        }],
        ready: [plot => plot.over.addEventListener("dblclick", () => this.view.setRange(null))],
      },
    };
  }

  drawMarks(plot) {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = Cairn.color("mark");
    ctx.lineWidth = scale;
    ctx.setLineDash([3 * scale, 3 * scale]);
    ctx.font = `bold ${12 * scale}px sans-serif`;
    ctx.textAlign = "center";
    let last = -Infinity;
    for (const mark of this.marks()) {
      const x = plot.valToPos(mark.x, "x", true);
      if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
      // Models are often saved in every epoch; a symbol is enough.
      if (!mark.small) {
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
      if (x - last > 9 * scale) {
        ctx.fillText(mark.sign, x, bbox.top + 11 * scale);
        last = x;
      }
    }
    ctx.restore();
  }
};

/** The charts of a run, made as its values come. */
Cairn.RunCharts = class {
  static drawnKinds = new Set([
    "learning_rate_reduced", "training_stopped", "stop_requested", "interrupted", "layers_unfrozen", "gradient_accumulation_set",
    "weights_restored", "note", "gradient_not_finite", "model_saved", "last_model_saved",
  ]);

  constructor(run, view) {
    Object.assign(this, { run, view });
    this.node = Cairn.el("div", { className: "charts" });
    this.shown = new Map();
  }

  marks() {
    const steps = this.run.steps;
    return this.run.events
      .filter(event => Cairn.RunCharts.drawnKinds.has(event.kind) || !(event.kind in Cairn.signs)
        || (event.kind === "learning_rate_set" && event.old !== event.new && event.batch !== null))
      .slice(-500).map(event => ({
        x: this.run.place(event.epoch, event.batch, steps), sign: Cairn.sign(event.kind)[0], small: event.kind.endsWith("model_saved"),
      }));
  }

  series(names) {
    const lines = [];
    if (this.view.showBatches) {
      for (const name of names.filter(name => name in this.run.batches.values)) {
        const [x, y] = this.run.batchSeries(name);
        lines.push({ label: `${name}, batches`, x, y, style: 7, thin: true });
      }
    }
    names.forEach((name, index) => {
      const [x, y] = this.run.epochSeries(name);
      lines.push({ label: name, x, y, style: name.startsWith("val_") ? 1 : index });
    });
    return lines;
  }

  draw() {
    for (const { key } of this.run.groups) {
      if (!this.shown.has(key)) {
        const names = () => this.run.groups.find(group => group.key === key)?.names ?? [];
        const chart = new Cairn.Chart(this.view, key.replaceAll("_", " "), () => this.series(names()), () => this.marks());
        this.shown.set(key, chart);
        this.node.append(chart.node);
      }
    }
    this.view.extent = this.run.extent(this.view.showBatches);
    for (const chart of this.shown.values()) chart.draw();
  }
};
