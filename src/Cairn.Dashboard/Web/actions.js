"use strict";
// Actions that the page requests. Nothing is sent without the token of the printed address.
Cairn.token = (() => {
  const key = "cairn-token";
  const found = /(?:^#|&)token=([0-9a-f]+)/.exec(location.hash);
  let kept = null;
  try {
    if (found) sessionStorage.setItem(key, found[1]);
    kept = sessionStorage.getItem(key);
  } catch {
    kept = found ? found[1] : null;
  }
  // Removed from the address, so that it is not copied with it.
  if (found) history.replaceState(null, "", location.pathname);
  return {
    get value() { return kept; },
    set value(text) {
      kept = text;
      try { sessionStorage.setItem(key, text); } catch { /* then for this page only */ }
    },
  };
})();

Cairn.Actions = class {
  constructor(runId) {
    this.runId = runId;
    this.answer = Cairn.el("p", { className: "note", role: "status", id: "answer" });
    this.rate = Cairn.el("input", { type: "number", min: "0", step: "any", id: "rate", size: 10 });
    this.note = Cairn.el("input", { type: "text", maxLength: 1000, id: "note" });
    this.code = Cairn.el("input", { type: "text", id: "token", autocomplete: "off" });
    this.node = Cairn.el("section", { className: "actions", "aria-label": "Actions" });
    this.fill();
  }

  fill() {
    const button = (id, text, what, main) =>
      Cairn.el("button", { type: "button", id, textContent: text, className: main ? "main" : "", onclick: () => this.send(what()) });
    if (!Cairn.token.value) {
      this.node.replaceChildren(Cairn.el("div", { className: "bar" },
        Cairn.el("label", { for: "token", textContent: "To stop or change this run, enter the token of the address that it printed:" }), this.code,
        Cairn.el("button", {
          type: "button", textContent: "Use token",
          onclick: () => {
            const text = this.code.value.trim();
            Cairn.token.value = (/token=([0-9a-f]+)/.exec(text) ?? [null, text])[1];
            this.fill();
          },
        })));
      return;
    }
    this.node.replaceChildren(
      Cairn.el("div", { className: "bar" },
        button("stop", "Stop after this epoch", () => ({ action: "stop" }), true),
        button("save", "Save now", () => ({ action: "save" })),
        Cairn.el("label", { for: "rate", textContent: "Learning rate" }), this.rate,
        button("set-rate", "Set", () => ({ action: "rate", value: Number(this.rate.value) })),
        button("halve", "Halve", () => ({ action: "halve" })),
        Cairn.el("label", { for: "note", textContent: "Note" }), this.note,
        button("add-note", "Add", () => ({ action: "note", text: this.note.value }))),
      this.answer);
  }

  async send(action) {
    try {
      const answer = await fetch(`api/runs/${this.runId}/actions`, {
        method: "POST", headers: { "Content-Type": "application/json", "X-Cairn-Token": Cairn.token.value }, body: JSON.stringify(action),
      });
      const result = await answer.json();
      this.answer.className = answer.ok ? "note" : "problem";
      this.answer.textContent = answer.ok ? "Accepted. It takes effect after the current batch." : `Not done: ${result.error}`;
      if (answer.ok && action.action === "note") this.note.value = "";
      if (answer.status === 401) {
        Cairn.token.value = "";
        this.fill();
        this.node.append(this.answer);
      }
    } catch (problem) {
      this.answer.className = "problem";
      this.answer.textContent = `Not done: ${problem.message}`;
    }
  }
};
