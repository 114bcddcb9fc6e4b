"use strict";
// Panels of callbacks next to the curves: texts, images, confusion matrices, histograms; and the model as a graph.
Cairn.panel = (panel, runId) => {
  const body = {
    text: () => Cairn.el("pre", { textContent: panel.content, tabIndex: 0 }),
    images: () => Cairn.el("div", { className: "images" }, panel.content.map((caption, index) => Cairn.el("figure", {},
      Cairn.el("img", { src: `api/runs/${runId}/images/${panel.version}/${index}`, alt: caption || `Image ${index + 1}`, loading: "lazy" }),
      Cairn.el("figcaption", { textContent: caption })))),
    matrix: () => Cairn.matrix(panel.content),
    histogram: () => Cairn.histograms(panel.content),
  }[panel.kind];
  return Cairn.el("section", { "data-title": panel.title }, Cairn.el("h3", { textContent: panel.title }), body ? body() : null);
};

Cairn.matrix = ({ labels, rows }) => {
  const most = Math.max(...rows.flat().map(value => Math.abs(value ?? 0)), 1e-12);
  const table = Cairn.el("table", { className: "matrix" },
    Cairn.el("caption", { className: "note", textContent: "Rows: true class. Columns: predicted class." }),
    Cairn.el("thead", {}, Cairn.el("tr", {}, Cairn.el("th", { scope: "col", textContent: "true" }),
      labels.map(label => Cairn.el("th", { scope: "col", className: "number", textContent: label })))),
    Cairn.el("tbody", {}, rows.map((row, index) => Cairn.el("tr", {},
      Cairn.el("th", { scope: "row", textContent: labels[index] }),
      row.map(value => {
        const cell = Cairn.el("td", { textContent: Cairn.format(value) });
        cell.style.setProperty("--part", Math.abs(value ?? 0) / most);
        return cell;
      })))));
  return Cairn.el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Confusion matrix" }, table);
};

Cairn.histograms = ({ epoch, histograms }) => Cairn.el("div", {},
  Cairn.el("p", { className: "note", textContent: `Epoch ${epoch + 1}` }),
  Cairn.el("div", { className: "histograms" }, histograms.map(one => {
    const most = Math.max(1, ...one.counts);
    // A single bar of all numbers, such as those of a bias with one element, is drawn in the middle.
    const width = one.counts.length === 1 ? 8 : 120 / Math.max(1, one.counts.length);
    const first = one.counts.length === 1 ? 56 : 0;
    const bars = one.counts.map((count, index) => Cairn.svg("rect", {
      x: first + index * width, y: 50 - 50 * count / most, width: Math.max(width - 0.5, 0.5), height: 50 * count / most,
    }));
    const [least, greatest] = [Cairn.format(one.least), Cairn.format(one.most)];
    const label = least === greatest ? `${one.name}: ${least}` : `${one.name}: from ${least} to ${greatest}`;
    return Cairn.el("div", {}, Cairn.svg("svg", { viewBox: "0 0 120 50", role: "img", "aria-label": label }, ...bars),
      Cairn.el("div", { textContent: one.name }),
      Cairn.el("div", { className: "note", textContent: least === greatest ? least : `${least} … ${greatest}` }));
  })));

/** The layers in rows, each below the layers it takes its inputs from. */
Cairn.graph = layers => {
  const depth = new Map();
  for (const layer of layers) {
    depth.set(layer.name, 1 + Math.max(-1, ...layer.inputs.map(input => depth.get(input) ?? -1)));
  }
  const rows = [];
  for (const layer of layers) (rows[depth.get(layer.name)] ??= []).push(layer);
  const [boxWidth, boxHeight, gapX, gapY] = [190, 40, 20, 26];
  const width = Math.max(...rows.map(row => row.length)) * (boxWidth + gapX) + gapX;
  const at = new Map();
  rows.forEach((row, level) => row.forEach((layer, index) => {
    const left = (width - row.length * (boxWidth + gapX) + gapX) / 2 + index * (boxWidth + gapX);
    at.set(layer.name, { x: left, y: 8 + level * (boxHeight + gapY) });
  }));
  const lines = layers.flatMap(layer => layer.inputs.filter(input => at.has(input)).map(input => {
    const [from, to] = [at.get(input), at.get(layer.name)];
    const [x1, y1, x2, y2] = [from.x + boxWidth / 2, from.y + boxHeight, to.x + boxWidth / 2, to.y];
    return Cairn.svg("path", { d: `M${x1} ${y1} C${x1} ${y1 + gapY / 2} ${x2} ${y2 - gapY / 2} ${x2} ${y2}` });
  }));
  const short = text => text.length > 26 ? `${text.slice(0, 25)}…` : text;
  const line = (x, y, content) => {
    const text = Cairn.svg("text", { x, y });
    text.textContent = short(content);
    return text;
  };
  const boxes = layers.map(layer => {
    const { x, y } = at.get(layer.name);
    return Cairn.svg("g", {}, Cairn.svg("rect", { x, y, width: boxWidth, height: boxHeight, rx: 5 }),
      line(x + 8, y + 16, `${layer.name} (${layer.type})`), line(x + 8, y + 32, layer.shape ?? ""));
  });
  const svg = Cairn.svg("svg", {
    viewBox: `0 0 ${width} ${8 + rows.length * (boxHeight + gapY)}`, role: "img", "aria-label": `Graph of ${layers.length} layers; the table has them as text`,
  }, ...lines, ...boxes);
  svg.style.maxWidth = `${width}px`;
  return Cairn.el("div", { className: "graph scroll", tabIndex: 0, role: "region", "aria-label": "Graph of the model" }, svg);
};
