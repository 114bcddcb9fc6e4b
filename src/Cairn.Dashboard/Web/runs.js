"use strict";
// The table of all runs: sorting, filters, curves of chosen runs over each other, and the settings in which they differ.
Cairn.RunsPage = class {
  static mostChosen = 8;

  constructor(main) {
    this.main = main;
    this.rows = new Map();
    this.nodes = new Map();
    this.chosen = new Map();
    this.sort = { key: "updated", up: false };
    this.metric = null;
    this.view = new Cairn.View();
    this.build();
    const end = Cairn.follow("api/stream", message => this.take(message));
    this.close = end;
  }

  build() {
    const { el } = Cairn;
    document.title = "Runs – Cairn";
    this.filter = el("input", { type: "search", id: "filter", oninput: () => this.fill() });
    this.status = el("select", { id: "status", onchange: () => this.fill() }, ["all", "running", "finished", "stopped", "interrupted", "failed", "recorded"]
      .map(name => el("option", { value: name, textContent: name })));
    this.metrics = el("select", { id: "metric", onchange: event => { this.metric = event.target.value; this.fill(); this.drawChosen(); } });
    this.count = el("p", { className: "note", role: "status" });
    this.head = el("tr");
    this.body = el("tbody", { id: "runs" });
    this.compare = el("section", { hidden: true, "aria-label": "Comparison" });
    this.main.replaceChildren(
      el("h1", { textContent: "Runs" }),
      el("div", { className: "bar" },
        el("label", { for: "filter", textContent: "Filter" }), this.filter,
        el("label", { for: "status", textContent: "Status" }), this.status,
        el("label", { for: "metric", textContent: "Value" }), this.metrics),
      this.count,
      el("div", { className: "scroll tall", tabIndex: 0, role: "region", "aria-label": "Table of runs" },
        el("table", {}, el("thead", {}, this.head), this.body)),
      this.compare);
  }

  take(message) {
    for (const row of message.runs) this.rows.set(row.id, row);
    const ids = new Set(message.ids);
    for (const id of this.rows.keys()) if (!ids.has(id)) this.rows.delete(id) && this.nodes.delete(id);
    const names = [...new Set([...this.rows.values()].flatMap(row => Object.keys(row.values)))].filter(name => !name.includes("/"));
    this.metric ??= ["val_loss", "loss"].find(name => names.includes(name)) ?? names[0] ?? null;
    if (this.metrics.children.length !== names.length) {
      this.metrics.replaceChildren(...names.map(name => Cairn.el("option", { value: name, textContent: name, selected: name === this.metric })));
    }
    this.fill();
    for (const row of message.runs) if (this.chosen.has(row.id)) this.load(row.id);
  }

  get shown() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(word => word);
    const wanted = this.status.value;
    return [...this.rows.values()].filter(row => {
      if (wanted !== "all" && row.status !== wanted) return false;
      const text = [row.name, row.status, row.source, ...row.tags, ...Object.entries(row.settings).map(pair => pair.join("="))].join(" ").toLowerCase();
      return words.every(word => text.includes(word));
    });
  }

  differing(rows) {
    const names = new Set(rows.flatMap(row => Object.keys(row.settings)));
    return [...names].filter(name => new Set(rows.map(row => row.settings[name])).size > 1).sort();
  }

  columns(rows) {
    const value = row => row.values[this.metric];
    return [
      { key: "name", title: "Name", of: row => row.name },
      { key: "status", title: "Status", of: row => row.status },
      { key: "epochs", title: "Epochs", of: row => row.epochs, number: true, text: row => row.of ? `${row.epochs}/${row.of}` : String(row.epochs) },
      { key: "best", title: `Best ${this.metric ?? ""}`, of: row => Cairn.number(value(row)?.best), number: true },
      { key: "bestEpoch", title: "In epoch", of: row => value(row) ? value(row).bestEpoch + 1 : null, number: true },
      { key: "last", title: `Last ${this.metric ?? ""}`, of: row => Cairn.number(value(row)?.last), number: true },
      { key: "seconds", title: "Time", of: row => row.seconds, number: true, text: row => Cairn.duration(row.seconds) },
      { key: "updated", title: "Changed", of: row => row.updated, text: row => new Date(row.updated).toLocaleString() },
      ...(rows.some(row => row.tags.length > 0) ? [{ key: "tags", title: "Tags", of: row => row.tags.join(", ") }] : []),
      ...this.differing(rows).slice(0, 12).map(name => ({ key: `setting ${name}`, title: name, of: row => row.settings[name] ?? null })),
    ];
  }

  sorted(rows, columns) {
    const column = columns.find(one => one.key === this.sort.key) ?? columns[0];
    const missing = value => value === null || value === undefined || Number.isNaN(value);
    // Rows without a value are last in either order.
    return rows.sort((a, b) => {
      const [left, right] = [column.of(a), column.of(b)];
      if (missing(left) || missing(right)) return missing(left) - missing(right);
      const numeric = typeof left === "number" ? left - right : String(left).localeCompare(String(right), undefined, { numeric: true });
      return this.sort.up ? numeric : -numeric;
    });
  }

  fill() {
    const { el } = Cairn;
    const rows = this.shown;
    const columns = this.columns(rows);
    this.count.textContent = `${rows.length} of ${this.rows.size} runs`;
    const headText = JSON.stringify([columns.map(column => column.title), this.sort]);
    if (headText !== this.headText) {
      this.headText = headText;
      this.head.replaceChildren(el("th", { scope: "col" }, el("span", { className: "unseen", textContent: "Compare" })), ...columns.map(column => el("th", {
        scope: "col", className: column.number ? "number" : "",
        "aria-sort": this.sort.key !== column.key ? "none" : this.sort.up ? "ascending" : "descending",
      }, el("button", {
        type: "button", textContent: column.title + (this.sort.key !== column.key ? "" : this.sort.up ? " ▲" : " ▼"),
        onclick: () => {
          this.sort = { key: column.key, up: this.sort.key === column.key ? !this.sort.up : true };
          this.fill();
          this.head.querySelectorAll("button")[columns.indexOf(column)]?.focus();
        },
      }))));
    }
    this.place(this.sorted(rows, columns).map(row => this.rowOf(row, columns)));
  }

  /** The element of a row; a new one only if what it shows has changed. */
  rowOf(row, columns) {
    const { el, format } = Cairn;
    const texts = columns.map(column => {
      const value = column.of(row);
      return column.text ? column.text(row) : column.number ? format(value) : String(value ?? "–");
    });
    const key = JSON.stringify([columns.map(column => column.key), texts, row.problem]);
    const known = this.nodes.get(row.id);
    if (known?.key === key) {
      known.box.checked = this.chosen.has(row.id);
      return known.node;
    }
    const box = el("input", {
      type: "checkbox", checked: this.chosen.has(row.id), "aria-label": `Compare ${row.name}`, onchange: event => this.choose(row.id, event.target),
    });
    const node = el("tr", { "data-id": row.id }, el("td", {}, box), columns.map((column, index) => column.key === "name"
      ? el("th", { scope: "row" }, el("a", { href: `#/run/${row.id}`, textContent: texts[index] }),
        row.problem ? el("div", { className: "problem", textContent: row.problem }) : null)
      : el("td", { className: column.number ? "number" : "", textContent: texts[index] })));
    this.nodes.set(row.id, { key, box, node });
    return node;
  }

  /** Shows rows. A row that was updated or moved keeps the focus of the keyboard. */
  place(nodes) {
    if (nodes.length === this.body.children.length && nodes.every((node, index) => node === this.body.children[index])) return;
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    const id = focused?.closest("tr").dataset.id;
    this.body.replaceChildren(...nodes);
    if (focused) {
      const row = nodes.find(node => node.dataset.id === id);
      row?.querySelector(focused.tagName)?.focus({ preventScroll: true });
    }
  }

  async choose(id, box) {
    if (!box.checked) {
      this.chosen.delete(id);
      this.drawChosen();
      return;
    }
    if (this.chosen.size >= Cairn.RunsPage.mostChosen) {
      box.checked = false;
      this.count.textContent = `At most ${Cairn.RunsPage.mostChosen} runs are compared`;
      return;
    }
    this.chosen.set(id, null);
    await this.load(id);
  }

  async load(id) {
    const answer = await fetch(`api/runs/${id}`);
    if (!answer.ok || !this.chosen.has(id)) return;
    const run = new Cairn.Run();
    run.take(await answer.json());
    this.chosen.set(id, run);
    this.drawChosen();
  }

  drawChosen() {
    const { el } = Cairn;
    const runs = () => [...this.chosen.values()].filter(run => run);
    this.compare.hidden = runs().length === 0;
    if (!this.chart) {
      this.chart = new Cairn.Chart(this.view, "Chosen runs", () => runs().flatMap((run, index) => {
        const [x, y] = run.epochSeries(this.metric);
        return [{ label: run.run.name, x, y, style: index }];
      }));
      this.differences = el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Differences" });
      this.compare.replaceChildren(el("h2", { textContent: "Chosen runs" }), this.chart.node,
        el("h2", { textContent: "Settings in which they differ" }), this.differences);
    }
    this.chart.title = this.metric ?? "";
    this.chart.heading.textContent = this.metric ?? "";
    if (runs().length > 0) this.chart.draw();
    const summaries = runs().map(run => run.run);
    const names = this.differing(summaries);
    this.differences.replaceChildren(names.length === 0 ? el("p", { className: "note", textContent: "None." }) : el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col", textContent: "Setting" }), summaries.map(run => el("th", { scope: "col", textContent: run.name })))),
      el("tbody", {}, names.map(name => el("tr", {}, el("th", { scope: "row", textContent: name }),
        summaries.map(run => el("td", { textContent: run.settings[name] ?? "–" })))))));
  }
};
