"use strict";
// The page of one run.
Cairn.RunPage = class {
  constructor(main, id, fixed) {
    Object.assign(this, { main, id });
    this.run = new Cairn.Run();
    this.view = new Cairn.View();
    this.charts = new Cairn.RunCharts(this.run, this.view);
    this.events = Cairn.el("tbody", { id: "events" });
    this.links = new Map();
    this.build(fixed);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.redraw = () => this.charts.draw();
    this.scheme.addEventListener("change", this.redraw);
    if (fixed) {
      this.take(fixed);
      this.close = () => {};
    } else {
      const end = Cairn.follow(`api/runs/${id}/stream`, message => this.take(message));
      this.close = () => {
        end();
        this.scheme.removeEventListener("change", this.redraw);
      };
    }
  }

  build(fixed) {
    const { el } = Cairn;
    this.heading = el("h1", { textContent: "…" });
    this.badge = el("span", { className: "badge" });
    this.bar = el("progress", { max: 1, value: 0, "aria-label": "Progress" });
    this.position = el("p", { id: "position" });
    this.facts = el("dl", { className: "facts" });
    this.tags = el("p", { className: "note" });
    this.downloads = el("p");
    this.actionsPlace = el("div");
    this.panels = el("div", { className: "panels" });
    this.panelsPlace = el("section", { hidden: true }, el("h2", { textContent: "Shown by callbacks" }), this.panels);
    this.settings = el("tbody");
    this.settingsPlace = el("section", { hidden: true }, el("h2", { textContent: "Settings" }),
      el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Settings" },
        el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col", textContent: "Setting" }),
          el("th", { scope: "col", textContent: "Value" }))), this.settings)));
    this.model = el("div");
    this.epochTable = el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Values of the epochs" });
    this.epochDetails = el("details", { ontoggle: () => this.fillEpochs() }, el("summary", { textContent: "Values of the epochs as a table" }),
      this.epochTable);
    this.noEvents = el("p", { className: "note", textContent: "No callback has acted yet." });
    this.main.replaceChildren(...[
      el("div", { className: "title" }, this.heading, this.badge), this.tags,
      fixed ? null : el("div", { id: "progress" }, this.bar), this.position, this.facts, this.downloads, this.actionsPlace,
      el("h2", { textContent: "Curves" }), this.controls(), this.charts.node, this.epochDetails,
      el("h2", { textContent: "Events, newest first" }), this.noEvents,
      el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Events" }, el("table", {},
        el("thead", {}, el("tr", {}, ["Epoch", "What", "Message", "Callback", "Old", "New"].map(name =>
          el("th", { scope: "col", textContent: name, className: name === "Old" || name === "New" ? "number" : "" })))), this.events)),
      this.panelsPlace,
      this.settingsPlace, this.model].filter(node => node));
  }

  controls() {
    const { el } = Cairn;
    const redraw = () => this.charts.draw();
    const smoothed = el("output", { textContent: "0" });
    const button = (text, label, act) => el("button", { type: "button", textContent: text, "aria-label": label, title: label, onclick: act });
    this.batchesPlace = el("label", {}, el("input", {
      type: "checkbox", id: "batches", checked: true, onchange: event => { this.view.showBatches = event.target.checked; redraw(); },
    }), "Batches");
    return el("div", { className: "bar" },
      el("label", {}, el("input", { type: "checkbox", id: "log", onchange: event => { this.view.log = event.target.checked; redraw(); } }), "Log scale"),
      this.batchesPlace,
      el("label", {}, "Smoothing", el("input", {
        type: "range", id: "smoothing", min: 0, max: 0.99, step: 0.01, value: 0,
        oninput: event => { this.view.smoothing = Number(event.target.value); smoothed.textContent = event.target.value; redraw(); },
      }), smoothed),
      button("+", "Zoom in", () => this.view.zoom(0.5)), button("−", "Zoom out", () => this.view.zoom(2)),
      button("←", "Earlier epochs", () => this.view.zoom(1, -0.25)), button("→", "Later epochs", () => this.view.zoom(1, 0.25)),
      button("Whole run", "Show the whole run", () => this.view.setRange(null)));
  }

  take(message) {
    if (message.reset) this.events.replaceChildren();
    const added = this.run.take(message);
    const { run, progress } = this.run;
    this.heading.textContent = run.name;
    document.title = `${run.name} – Cairn`;
    this.badge.textContent = run.status;
    this.badge.className = `badge ${run.status}`;
    this.tags.textContent = `Tags: ${run.tags.join(", ")}`;
    this.tags.hidden = run.tags.length === 0;
    this.batchesPlace.hidden = Object.keys(this.run.batches.values).length === 0;
    this.showProgress(run, progress);
    this.showEvents(added);
    this.charts.draw();
    if (message.about) this.showModel();
    this.showSettings();
    if (message.panels.length > 0 || message.reset) this.showPanels(message.panels, message.reset);
    this.showActions(run);
    if (this.epochDetails.open && message.epochs.epoch.length > 0) this.fillEpochs();
  }

  showActions(run) {
    const acts = run.source === "live" && run.status === "running";
    if (acts && !this.actions) {
      this.actions = new Cairn.Actions(run.id);
      this.actionsPlace.replaceChildren(this.actions.node);
    } else if (!acts && this.actions) {
      this.actions = null;
      this.actionsPlace.replaceChildren(Cairn.el("p", { className: "note", role: "status", textContent: "The training has ended." }));
    }
  }

  showProgress(run, progress) {
    const { count, format, duration, bytes, el } = Cairn;
    const done = run.status === "running" || !run.of ? progress.epoch + (progress.steps ? progress.batch / progress.steps : 0) : run.epochs;
    if (run.of) {
      this.bar.max = run.of;
      this.bar.value = Math.min(run.of, run.status === "finished" ? run.of : done || 0);
    } else {
      this.bar.hidden = true;
    }
    const batch = progress.steps ? `, batch ${count(progress.batch)} of ${count(progress.steps)}`
      : progress.batch ? `, batch ${count(progress.batch)}` : "";
    this.position.textContent = run.status === "running"
      ? `Epoch ${count(progress.epoch + 1)}${run.of ? ` of ${count(run.of)}` : ""}${batch}`
      : `${count(run.epochs)} epoch${run.epochs === 1 ? "" : "s"} trained`;
    const facts = [];
    if (run.status === "running") facts.push(["Time left", duration(progress.secondsLeft)]);
    if (run.seconds !== null) facts.push(["Time so far", duration(run.seconds)]);
    if (progress.samplesPerSecond !== null && progress.samplesPerSecond !== undefined) facts.push(["Samples per second", count(progress.samplesPerSecond)]);
    if (progress.memory) facts.push(["Memory", bytes(progress.memory)]);
    if (progress.learningRate !== null && progress.learningRate !== undefined) facts.push(["Learning rate", format(progress.learningRate)]);
    for (const [name, value] of Object.entries(run.values)) {
      if (name !== "learning_rate" && !name.includes("/")) facts.push([`Best ${name}`, format(value.best), `epoch ${value.bestEpoch + 1}`]);
    }
    const text = JSON.stringify(facts);
    if (text !== this.factsText) {
      this.factsText = text;
      this.facts.replaceChildren(...facts.map(([name, value, where]) => el("div", {}, el("dt", { textContent: name }),
        el("dd", { textContent: value }), where ? el("dd", { className: "where", textContent: where }) : null)));
    }
  }

  showEvents(added) {
    const { el, format } = Cairn;
    for (const event of added) {
      const [sign, what] = Cairn.sign(event.kind);
      const when = event.batch === null ? `${event.epoch + 1}` : `${event.epoch + 1}, batch ${event.batch + 1}`;
      const saved = event.file && (event.kind === "model_saved" || event.kind === "last_model_saved") && !Cairn.report;
      // A file that is written again has no earlier content to download.
      if (saved) this.links.get(`${event.callback} ${event.file}`)?.remove();
      const link = saved ? el("a", { href: this.fileOf(event), textContent: `Download ${event.file}` }) : null;
      if (saved) this.links.set(`${event.callback} ${event.file}`, link);
      this.events.prepend(el("tr", { className: `event ${event.kind}` },
        el("td", { textContent: when }),
        el("td", {}, el("span", { className: "sign", textContent: sign, "aria-hidden": "true" }), ` ${what}`),
        el("td", { className: "message" }, event.message, saved ? " " : null, link),
        el("td", { textContent: event.callback }),
        el("td", { className: "number", textContent: event.old === null ? "" : format(event.old) }),
        el("td", { className: "number", textContent: event.new === null ? "" : format(event.new) })));
    }
    this.noEvents.hidden = this.run.events.length > 0;
    const best = this.run.events.findLast(event => event.kind === "model_saved" && event.file);
    if (best && !Cairn.report && this.bestIndex !== best.index) {
      this.bestIndex = best.index;
      this.downloads.replaceChildren(el("a", { href: this.fileOf(best), id: "best-model", textContent: `Download the best model (${best.file}, epoch ${best.epoch + 1})` }));
    }
    if (added.length > 0 && this.seen) Cairn.announce(`Epoch ${added.at(-1).epoch + 1}: ${added.at(-1).callback}: ${added.at(-1).message}`);
    this.seen = true;
  }

  fileOf(event) {
    return `api/runs/${this.run.run.id}/files/${event.index}`;
  }

  showSettings() {
    const settings = Object.entries(this.run.run.settings);
    const text = JSON.stringify(settings);
    if (text === this.settingsText) return;
    this.settingsText = text;
    this.settingsPlace.hidden = settings.length === 0;
    this.settings.replaceChildren(...settings.map(([name, value]) => Cairn.el("tr", {},
      Cairn.el("th", { scope: "row", textContent: name }), Cairn.el("td", { className: "message", textContent: value }))));
  }

  showPanels(changed, reset) {
    if (reset) this.panels.replaceChildren();
    for (const panel of changed) {
      const node = Cairn.panel(panel, this.run.run.id);
      const old = [...this.panels.children].find(other => other.dataset.title === panel.title);
      if (old) old.replaceWith(node);
      else this.panels.append(node);
    }
    this.panelsPlace.hidden = this.run.panels.size === 0;
  }

  showModel() {
    const { summary, layers } = this.run.about;
    this.model.replaceChildren(...(summary || layers ? [Cairn.el("h2", { textContent: "Model" })] : []),
      ...(layers && layers.length > 0 && layers.length <= 300 ? [Cairn.graph(layers)] : []),
      ...(summary ? [Cairn.el("pre", { tabIndex: 0, "aria-label": "Summary of the model", role: "region", textContent: summary })] : []));
  }

  fillEpochs() {
    if (!this.epochDetails.open) return;
    const { el, format } = Cairn;
    const { epoch, values } = this.run.epochs;
    const names = Object.keys(values);
    this.epochTable.replaceChildren(el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col", textContent: "Epoch" }),
        names.map(name => el("th", { scope: "col", className: "number", textContent: name })))),
      el("tbody", {}, epoch.map((number, row) => el("tr", {}, el("th", { scope: "row", textContent: number + 1 }),
        names.map(name => el("td", { className: "number", textContent: format(values[name][row]) })))))));
  }
};
